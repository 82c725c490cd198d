/**
 * The transpiler writes a world's types as one file for the world and one for each interface; here they become one, an interface a namespace.
 * Only what the exports need is kept. It knows the form in which they are written, which tests hold.
 */

const WORLD_FILE = 'world.d.ts'
const INTERFACE_IMPORT = /^import type \* as (\w+) from '\.\/(interfaces\/[\w.-]+)\.js';.*$/gm
/** A type of another interface, from an interface's file or the world's. */
const MEMBER_IMPORT = /\bimport\('\.\/(?:interfaces\/)?([\w.-]+)\.js'\)/g
const LAST_INTERFACE = /^export interface \w+ \{(?![^]*^export interface )/m
const INSTANTIATE = /^\/\*\*\n\* Instantiates this component[^]*$/m
const IMPORT_OBJECT = /^export interface ImportObject \{[^]*?^\}\n/m

/** Functions become asynchronous: they run in another worker. */
const REMOTE = `/** As the host calls it: in another worker. */
export type Remote<T> = T extends (...args: infer Args) => infer Result ? (...args: Args) => Promise<Awaited<Result>>
  : T extends object ? { readonly [Name in keyof T]: Remote<T[Name]> } : T
`

/** @param files  by name @param origin  what they were made of, for the first line */
export function joinTypes(files: ReadonlyMap<string, string>, origin: string): string {
  const source = files.get(WORLD_FILE) ?? ''
  const imported = new Map([...source.matchAll(INTERFACE_IMPORT)].map(([, alias = '', file = '']) => [alias, file]))
  const namespaces = new Map<string, string>()
  const stripped = source.replace(INTERFACE_IMPORT, '').replace(INSTANTIATE, '').replace(IMPORT_OBJECT, '')
  const world = nameMembers(stripped.replace(LAST_INTERFACE, 'export interface World {'), files, namespaces)
  const wanted = [...imported].filter(([alias]) => new RegExp(`\\b${alias}\\b`).test(world))
  for (const [, file] of wanted) addNamespace(file, files, namespaces)
  const aliases = wanted.flatMap(([alias, file]) => (alias === nameOf(file) ? [] : [`import ${alias} = ${nameOf(file)};`]))
  return [
    `// Made by \`glovebox types\` of ${origin}; make it anew when that changes.`, ...namespaces.values(), ...aliases, world.trim(), '', REMOTE,
    '/** What `extension.exports` offers. */\nexport type Exports = Remote<World>\n',
  ].join('\n')
}

function addNamespace(file: string, files: ReadonlyMap<string, string>, done: Map<string, string>): void {
  if (done.has(file)) return
  done.set(file, '')
  const text = files.get(`${file}.d.ts`) ?? ''
  const body = nameMembers(text, files, done)
  const indented = body.trim().split('\n').map((line) => (line === '' ? line : `  ${line}`)).join('\n')
  done.set(file, `export declare namespace ${nameOf(file)} {\n${indented}\n}\n`)
}

/** `import('./a-b.js').T` → `AB.T`, with the namespace added. */
function nameMembers(text: string, files: ReadonlyMap<string, string>, done: Map<string, string>): string {
  return text.replace(MEMBER_IMPORT, (_text, file: string) => {
    addNamespace(`interfaces/${file}`, files, done)
    return nameOf(file)
  })
}

/** `interfaces/acme-weather-api` → `AcmeWeatherApi`. */
function nameOf(file: string): string {
  return file.replace(/^interfaces\//, '').replace(/(?:^|[^A-Za-z0-9])([A-Za-z0-9])/g, (_match, first: string) => first.toUpperCase())
}
