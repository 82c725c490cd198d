/**
 * Makes docs/web-api.md from the guest's own globals: names from what each file of src/guest/script/global/ installs, how they work from the
 * ops and packages that it uses, what is held back from its header comment. What is absent stands in a list here, checked by a test.
 */
import { readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Bridge, CreateGlobals } from '../guest/script/bridge.ts'
import { GLOBALS } from '../guest/script/global/index.ts'
import { ROOT } from './library.ts'

const FOLDER = join(ROOT, 'src/guest/script/global')
export const WEB_API_FILE = join(ROOT, 'docs/web-api.md')

/** What an author may look for in vain, and why. */
export const ABSENT: readonly (readonly [names: string, why: string])[] = [
  ['WebAssembly', 'an instance would be memory without a cap; extensions that are WebAssembly have lanes of their own'],
  ['SharedArrayBuffer, Atomics', 'no second thread to share with, and a tool for timing attacks'],
  ['WebSocket, EventSource, XMLHttpRequest, WebTransport', 'the network is reached by `fetch` alone, through the broker'],
  ['Worker, SharedWorker, importScripts', 'one extension is one thread; its modules are the files of its package'],
  ['BroadcastChannel, postMessage', 'a way past the broker to other parts of the page'],
  ['indexedDB, caches, localStorage, sessionStorage, cookieStore', 'storage is `glovebox.storage`, per extension and with a quota'],
  ['document, window, location, history', 'there is no page'],
  ['setImmediate, process, require, Buffer', 'of Node, not of the web'],
]

interface Row { readonly names: readonly string[]; readonly how: string; readonly note: string; readonly spec: readonly string[] }

export async function makeWebApiTable(): Promise<string> {
  const index = await readFile(join(FOLDER, 'index.ts'), 'utf8')
  const rows: Row[] = []
  for (const create of GLOBALS) rows.push(...(await describe(create, fileOf(create, index))))
  const lines = rows.toSorted((a, b) => compare(a.names[0] ?? '', b.names[0] ?? '')).map(({ names, how, note, spec }) => {
    return `| ${names.map((name) => `\`${name}\``).join(', ')} | ${how} | ${note}${spec.map((url, at) => ` [${at === 0 ? 'standard' : 'also'}](${url})`).join('')} |`
  })
  return `${HEAD}
| Global | How | What there is to know |
|---|---|---|
${lines.join('\n')}

## What is not there, and why

| Name | Why |
|---|---|
${ABSENT.map(([names, why]) => `| ${names.split(', ').map((name) => `\`${name}\``).join(', ')} | ${why} |`).join('\n')}
`
}

const HEAD = `# The web API of script extensions

Made from the code by \`npm run generate\`; do not edit. Beside these an extension has the whole JavaScript language (ES2023, without
WebAssembly and shared memory).

**own**: written for glovebox, inside the guest. **worker**: the browser's own implementation does the work, in the extension's worker, in
bounded pieces; the guest holds a number. **host**: asks the broker on the page. **library**: a maintained package, inside the guest.
`

/** A file that installs nothing new changes what the language has: its note says what. */
async function describe(create: CreateGlobals, file: string): Promise<Row[]> {
  const names = Object.keys(create(EMPTY_BRIDGE))
  const text = await readFile(file, 'utf8')
  const { note, spec } = readHeader(text)
  return [{ names: names.length > 0 ? names : [CHANGED.get(create.name) ?? create.name], how: await howOf(file, text), note, spec }]
}

const CHANGED = new Map([['createRegExpGlobals', 'RegExp'], ['createDateGlobals', 'Date']])

/** Nothing is asked while globals are made; the build of the image holds that. */
const EMPTY_BRIDGE: Bridge = {
  call: refuse, request: refuse, capability: refuse, acceptStream: refuse, openStream: refuse, on: () => undefined, reportError: () => undefined,
}

function refuse(): never {
  throw new Error('A global asked for something while it was made.')
}

/** The file that `create` is imported from. */
function fileOf(create: CreateGlobals, index: string): string {
  const found = new RegExp(`import \\{ ${create.name} \\} from '\\./([\\w/-]+\\.ts)'`).exec(index)?.[1]
  if (found === undefined) throw new Error(`global/index.ts does not import ${create.name}.`)
  return join(FOLDER, found)
}

/** Looks into the file, and into its parts (`intl-locale.ts` of `intl.ts`; all that an `index.ts` imports). */
async function howOf(file: string, text: string): Promise<string> {
  const stem = basename(file, '.ts')
  const parts = [...text.matchAll(/from '\.\/([\w-]+\.ts)'/g)].map(([, name = '']) => name)
  const relatives = parts.filter((name) => name.startsWith(`${stem}-`) || stem === 'index' || (stem === 'crypto' && name === 'subtle.ts'))
  const texts = [text, ...(await Promise.all(relatives.map((name) => readFile(join(dirname(file), name), 'utf8'))))]
  const all = texts.join('\n')
  const packages = [...new Set([...all.matchAll(/from '([a-z@][\w@/-]*)'/g)].map(([, name = '']) => name))]
  const kinds = [
    ...(packages.length > 0 ? [`library (${packages.join(', ')})`] : []),
    ...(/bridge\.(?:call|request)\b|\.(?:call|request)\(\s*[`']/.test(all.replaceAll("bridge.call('library'", '')) ? ['worker'] : []),
    ...(/\.call\('library'/.test(all) ? ['library, read at first use'] : []),
    ...(/\.capability\(/.test(all) ? ['host'] : []),
  ]
  return kinds.length > 0 ? kinds.join(', ') : 'own'
}

function readHeader(text: string): { readonly note: string; readonly spec: readonly string[] } {
  const comment = /\/\*\*([\s\S]*?)\*\//.exec(text)?.[1] ?? ''
  const flat = comment.replaceAll(/\n \* ?/g, ' ').replaceAll(/\s+/g, ' ').trim()
  const spec = [...flat.matchAll(/https:\/\/\S+/g)].map(([url]) => url.replace(/[.,)]$/, ''))
  return { note: flat.replaceAll(/\s*https:\/\/\S+( \(\d+\))?/g, '').replaceAll('|', '\\|'), spec }
}

function compare(a: string, b: string): number {
  return a.toLowerCase() < b.toLowerCase() ? -1 : 1
}
