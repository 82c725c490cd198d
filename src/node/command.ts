/** The command line: `glovebox pack <folder> [-o <file>]`. Says what it did on stdout, what went wrong on stderr. */
import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { isGloveboxError } from '../errors.ts'
import { cleanText } from '../util/text.ts'
import { pack } from './pack.ts'

const USAGE = `Usage: glovebox pack <folder or glovebox.json> [-o <file>]

Packs an extension into a .glove archive. Types of TypeScript files are stripped (needs the package amaro).

  -o, --out <file>   where to write it; default <id>-<version>.glove in the current folder
  -h, --help         this text
`

export interface Terminal {
  readonly out: (text: string) => void
  readonly error: (text: string) => void
}

/** Resolves with the exit code: 0 packed, 1 the extension is at fault, 2 the command line is. */
export async function runCommand(args: readonly string[], terminal: Terminal): Promise<0 | 1 | 2> {
  const command = parseCommand(args)
  if (command.kind === 'help') {
    terminal.out(USAGE)
    return 0
  }
  if (command.kind === 'wrong') {
    terminal.error(`glovebox: ${command.problem}\n\n${USAGE}`)
    return 2
  }
  try {
    await packTo(command.source, command.out, terminal)
    return 0
  } catch (error) {
    terminal.error(`glovebox: ${describe(error)}\n`)
    return 1
  }
}

type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly problem: string }
  | { readonly kind: 'pack'; readonly source: string; readonly out: string | undefined }

function parseCommand(args: readonly string[]): Command {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { out: { type: 'string', short: 'o' }, help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
    })
    const [name, source, ...more] = positionals
    if (values.help === true) return { kind: 'help' }
    if (name === undefined) return { kind: 'wrong', problem: 'which command?' }
    if (name !== 'pack') return { kind: 'wrong', problem: `there is no command ${JSON.stringify(name)}.` }
    if (source === undefined || more.length > 0) return { kind: 'wrong', problem: 'pack takes one folder.' }
    return { kind: 'pack', source, out: values.out }
  } catch (error) {
    return { kind: 'wrong', problem: error instanceof Error ? error.message : String(error) }
  }
}

async function packTo(source: string, out: string | undefined, { out: say, error: warn }: Terminal): Promise<void> {
  const { archive, digest, id, version, files, warnings } = await pack(source)
  const path = out ?? `${id}-${version}.glove`
  await writeFile(path, archive)
  for (const warning of warnings) warn(`warning: ${cleanText(warning, 2000)}\n`)
  say(`${path}: ${files.length} ${files.length === 1 ? 'file' : 'files'}, ${archive.length} bytes\n${digest}\n`)
}

function describe(error: unknown): string {
  if (!isGloveboxError(error)) return error instanceof Error ? error.message : String(error)
  const { problems } = error.details
  const text = Array.isArray(problems) ? ['the manifest is not valid:', ...problems].join('\n  ') : error.message
  return cleanText(text, 16_384, { keepsLines: true })
}
