// Ways out of the language ring: to the page's globals, its storage, its workers.
const WANTED = [
  'window',
  'document',
  'parent',
  'top',
  'frames',
  'opener',
  'location',
  'navigator',
  'localStorage',
  'sessionStorage',
  'indexedDB',
  'caches',
  'cookieStore',
  'Worker',
  'SharedWorker',
  'importScripts',
  'XMLHttpRequest',
  'WebSocket',
  'WebTransport',
  'EventSource',
  'BroadcastChannel',
  'MessageChannel',
  'postMessage',
  'WebAssembly',
  'SharedArrayBuffer',
  'Atomics',
  'process',
  'require',
  'Deno',
  'Bun',
]
// Names that a sandbox may define without giving power away.
const HARMLESS = new Set(['Atomics', 'MessageChannel', 'navigator'])

function powersOf(scope) {
  return WANTED.filter((name) => scope?.[name] !== undefined && !HARMLESS.has(name))
}

/** The classic: climb from any function to Function, and run code in whatever realm that belongs to. */
export function climbConstructors() {
  const starts = [() => {}, async () => {}, console.log, fetch, setTimeout, glovebox.storage.get, new URL('http://a/'), Object.create(null)]
  const found = new Set()
  for (const start of starts) {
    const make = start?.constructor?.constructor
    if (typeof make !== 'function') continue
    for (const name of powersOf(make('return globalThis')())) found.add(name)
  }
  return { reached: [...found] }
}

/** Globals that lead to storage, network, threads or the page. */
export function huntGlobals() {
  const found = new Set(powersOf(globalThis))
  for (let scope = globalThis; scope !== null; scope = Object.getPrototypeOf(scope)) {
    for (const name of Object.getOwnPropertyNames(scope)) if (WANTED.includes(name) && !HARMLESS.has(name)) found.add(name)
  }
  return { reached: [...found] }
}

/** Code from elsewhere: data:, blob: and http: modules. */
export async function importStrangers(origin) {
  const reached = []
  const stopped = []
  for (const specifier of [
    'data:text/javascript,export default 1',
    `${origin}/api/canary`,
    'blob:null/1',
    '/etc/passwd',
    'fs',
    '../../feed/main.js',
  ]) {
    try {
      await import(specifier)
      reached.push(specifier)
    } catch {
      stopped.push(`${specifier}: import-refused`)
    }
  }
  return { reached, stopped }
}

/** Poison the shared prototypes, in the hope that the page shares them. */
export function pollutePrototypes() {
  for (const type of [Object, Array, Function, Promise, Map, String]) type.prototype.polluted = 'yes'
  Object.prototype.toJSON = () => ({ isAdmin: true })
  Array.prototype.map = () => ['owned']
  JSON.stringify = () => '{"isAdmin":true}'
  return { constructor: { prototype: { polluted: 'yes' } }, prototype: { polluted: 'yes' } }
}
