/** Makes `dist/types/`: declarations of what the entries reach. */
import { execFile } from 'node:child_process'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ROOT } from './library.ts'

const TYPES = join(ROOT, 'dist/types')
const RELATIVE_TS_IMPORT = /((?:from|import)\s*\(?\s*['"]\.[^'"]*)\.ts(['"])/g

export async function buildTypes(): Promise<void> {
  await promisify(execFile)(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.types.json'], { cwd: ROOT })
  for (const name of await readdir(TYPES, { recursive: true })) {
    if (name.endsWith('.d.ts')) await rewrite(join(TYPES, name))
  }
}

/** Declarations keep the `.ts` of the sources; users who do not allow such imports need `.js`. */
async function rewrite(file: string): Promise<void> {
  const text = await readFile(file, 'utf8')
  await writeFile(file, text.replaceAll(RELATIVE_TS_IMPORT, '$1.js$2'))
}
