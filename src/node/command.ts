/** The command line: `glovebox pack`, `prepare` and `types`. Says what it did on stdout, what went wrong on stderr. */
import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { isGloveboxError } from '../errors.ts'
import { cleanText } from '../util/text.ts'
import { pack } from './pack.ts'
import { prepare, type PrepareOptions } from './prepare.ts'
import { types } from './types.ts'

const USAGE = `Usage: glovebox pack <folder or glovebox.json> [-o <file>]
       glovebox prepare <folder or glovebox.json> [--waiting <how>] [-o <file>]
       glovebox types <component.wasm or file.wit> [--world <name>] [-o <file>]

pack      makes a .glove archive of an extension. Types of TypeScript files are stripped (needs the package amaro).
prepare   does ahead of time what an install does with a WebAssembly extension.
types     writes TypeScript types of what a component exports, for extension.exports.

  -o, --out <file>     where to write it; default <id>-<version>.glove or .prepared in the current folder; types go to stdout
      --waiting <how>  how imports wait in the browsers it is for: jspi (default), shared-buffer, never
      --world <name>   which world, where a WIT file has more than one
  -h, --help           this text
`

export interface Terminal {
  readonly out: (text: string) => void
  readonly error: (text: string) => void
}

/** Resolves with the exit code: 0 done, 1 the extension is at fault, 2 the command line is. */
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
    await RUN[command.name](command, terminal)
    return 0
  } catch (error) {
    terminal.error(`glovebox: ${describe(error)}\n`)
    return 1
  }
}

interface Work {
  readonly source: string
  readonly out: string | undefined
  readonly waiting: PrepareOptions['waiting'] & string
  readonly world: string | undefined
}

type CommandName = 'pack' | 'prepare' | 'types'

type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly problem: string }
  | Work & { readonly kind: 'run'; readonly name: CommandName }

/** What each command takes, for the complaint. */
const TAKES: Readonly<Record<CommandName, string>> = { pack: 'one folder', prepare: 'one folder', types: 'one file' }
const RUN: Readonly<Record<CommandName, (work: Work, terminal: Terminal) => Promise<void>>> = { pack: packTo, prepare: prepareTo, types: writeTypes }

function parseCommand(args: readonly string[]): Command {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: {
        out: { type: 'string', short: 'o' },
        help: { type: 'boolean', short: 'h' },
        waiting: { type: 'string', default: 'jspi' },
        world: { type: 'string' },
      },
      allowPositionals: true,
    })
    const [name, source, ...more] = positionals
    const { out, waiting, world } = values
    if (values.help === true) return { kind: 'help' }
    if (name === undefined) return { kind: 'wrong', problem: 'which command?' }
    if (!isCommand(name)) return { kind: 'wrong', problem: `there is no command ${JSON.stringify(name)}.` }
    if (source === undefined || more.length > 0) return { kind: 'wrong', problem: `${name} takes ${TAKES[name]}.` }
    if (waiting !== 'jspi' && waiting !== 'shared-buffer' && waiting !== 'never') {
      return { kind: 'wrong', problem: '--waiting is jspi, shared-buffer or never.' }
    }
    return { kind: 'run', name, source, out, waiting, world }
  } catch (error) {
    return { kind: 'wrong', problem: error instanceof Error ? error.message : String(error) }
  }
}

function isCommand(name: string): name is CommandName {
  return Object.hasOwn(TAKES, name)
}

async function packTo({ source, out }: Work, { out: say, error: warn }: Terminal): Promise<void> {
  const { archive, digest, id, version, files, warnings } = await pack(source)
  const path = out ?? `${id}-${version}.glove`
  await writeFile(path, archive)
  for (const warning of warnings) warn(`warning: ${cleanText(warning, 2000)}\n`)
  say(`${path}: ${files.length} ${files.length === 1 ? 'file' : 'files'}, ${archive.length} bytes\n${digest}\n`)
}

async function prepareTo({ source, out, waiting }: Work, { out: say }: Terminal): Promise<void> {
  const { id, version, bytes, key } = await prepare(source, { waiting })
  const path = out ?? `${id}-${version}.prepared`
  await writeFile(path, new Uint8Array(bytes))
  say(`${path}: ${bytes.byteLength} bytes\n${key}\n`)
}

async function writeTypes({ source, out, world }: Work, { out: say }: Terminal): Promise<void> {
  const text = await types(source, world === undefined ? {} : { world })
  if (out === undefined) return say(text)
  await writeFile(out, text)
  say(`${out}: ${text.length} characters\n`)
}

function describe(error: unknown): string {
  if (!isGloveboxError(error)) return error instanceof Error ? error.message : String(error)
  const { problems } = error.details
  const text = Array.isArray(problems) ? ['the manifest is not valid:', ...problems].join('\n  ') : error.message
  return cleanText(text, 16_384, { keepsLines: true })
}
