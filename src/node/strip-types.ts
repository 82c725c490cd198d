/**
 * Types of `.ts` and `.mts` files become blanks: line and column of what is left stay, so that a stack of the packed file points at the author's
 * own source, and no source map is needed. By amaro (https://github.com/nodejs/amaro), which is the user's to install.
 */
import { LaneError, PackageError } from '../errors.ts'
import { sourceText } from '../package/source-text.ts'
import { readProblem } from './amaro-problem.ts'

type Files = ReadonlyMap<string, Uint8Array<ArrayBuffer>>

const TYPESCRIPT = /\.m?ts$/

/** @throws {LaneError} not-supported @throws {PackageError} syntax-error */
export async function stripTypes(files: Files): Promise<Files> {
  if (![...files.keys()].some((path) => TYPESCRIPT.test(path))) return files
  const { transformSync } = await loadAmaro()
  const stripped = new Map(files)
  for (const path of files.keys()) {
    if (!TYPESCRIPT.test(path)) continue
    const source = sourceText({ files }, path)
    try {
      stripped.set(path, new TextEncoder().encode(transformSync(source, { mode: 'strip-only', filename: path }).code))
    } catch (error) {
      throw toPackageError(path, source, error)
    }
  }
  return stripped
}

async function loadAmaro(): Promise<typeof import('amaro')> {
  try {
    return await import('amaro')
  } catch (cause) {
    const message = 'The types of TypeScript files are stripped by the package "amaro", which cannot be loaded: npm install --save-dev amaro'
    throw new LaneError('not-supported', message, { cause })
  }
}

function toPackageError(file: string, source: string, cause: unknown): PackageError {
  const { message, line, column } = readProblem(cause, source)
  const advice = /is not supported/.test(message) ? '; write it without (types are only left out, nothing is generated), or bundle the extension first' : ''
  return new PackageError('syntax-error', `${file}:${line}:${column}: ${message}${advice}`, { cause, details: { file, line, column } })
}
