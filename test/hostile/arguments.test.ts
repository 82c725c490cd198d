/**
 * Prototype keys, thenables and oversize in every field of every capability. What can be called is asked of the box, and every place of every
 * method's arguments gets every poison: a capability that is new fails here until it has its row.
 */
import type { Glovebox, GloveboxOptions } from 'glovebox'
import { afterEach, beforeEach, expect, inject, test } from 'vitest'
import { limitsOf, openBox, pkg, until } from '../browser/box-harness.ts'
import { endPretence, pretendPlatform } from '../browser/pretend-platform.ts'
import { capability, createNotes } from '../browser/provided-harness.ts'
import { ask, escape } from './escaped-harness.ts'

const { origin } = inject('server')
const OWN = 'com.example.test'
/** Stands for a stream that the guest opens. */
const STREAM = '@stream'

/** Arguments that are right, as far as it goes without a file or a device. */
const METHODS: Readonly<Record<string, readonly unknown[]>> = {
  'storage.get': ['k'], 'storage.set': ['k', { a: 1 }, { ifVersion: 0 }], 'storage.delete': ['k', { ifVersion: 0 }], 'storage.list': [{ prefix: '', cursor: 'a', limit: 1 }],
  'file.open': [['/data']], 'file.load': ['/data', 0, 1], 'file.commit': ['/data', 0, [[1, { id: 1 }]], [2]],
  'vault.get': ['a'], 'vault.set': ['a', 'secret-1'], 'vault.delete': ['a'], 'vault.list': [],
  'http.fetch': [{ url: `${origin}/echo`, method: 'POST', headers: [['accept', 'text/x']], body: STREAM, redirect: 'follow' }],
  'extension.call': [null, 'link', 'other', 'same', [{ a: 1 }]],
  'permission.query': ['storage:read'], 'permission.request': ['storage:read'],
  'permission.requestAll': [['storage:read']],
  'function.call': ['app', 'same', [{ a: 1 }]],
  'event.emit': [`${OWN}/x`, { a: 1 }], 'event.listen': [`${OWN}/x`],
  'data.read': ['notes', { a: 1 }, { cursor: '0', limit: 1 }], 'data.write': ['notes', { id: 1, text: 'x' }], 'data.subscribe': ['notes'],
  'host.call': ['notes.echo', [{ a: 1 }]],
  'clipboard.readText': [], 'clipboard.writeText': ['x'],
  'notification.show': [{ title: 'x', body: 'x', tag: 'x' }],
  'picked.open': [{ accept: ['.txt'], multiple: false }], 'picked.read': [1], 'picked.close': [1], 'picked.save': ['x', STREAM],
  'serial.open': [
    { baudRate: 9600, dataBits: 8, stopBits: 1, parity: 'none', flowControl: 'none', bufferSize: 255, filters: [{ vendorId: 1, productId: 1 }] }, STREAM,
  ],
  'serial.closed': [1], 'serial.setSignals': [1, { dataTerminalReady: true }], 'serial.getSignals': [1], 'serial.close': [1],
}

/** In the wire's encoding. Own `__proto__` keys break the wire's rules before any method sees them: see below. */
const POISONS: Readonly<Record<string, string>> = {
  'a thenable': '{"then":1}', 'a constructor': '{"constructor":{"prototype":{"polluted":1}}}', 'inherited names': '{"toString":1,"valueOf":1,"hasOwnProperty":1,"length":-1}',
  'the name __proto__': '"__proto__"', 'the name constructor': '"constructor"', 'the name then': '"then"', 'a list': '[[],{}]', 'a large string': '"@huge"', 'a large number': '1e308',
  'undefined': '{"$":["u"]}',
}
const KEYS = ['constructor', 'then', 'toString', 'prototype']

/** What a guest is told of its own mistakes, and of limits; `internal` would be a mistake of the host's. */
const CODES = [
  'ok', 'invalid-argument', 'permission-denied', 'permission-unknown', 'message-too-large', 'too-many-handles', 'value-unsupported', 'version-conflict', 'quota-exceeded',
  'network-failed', 'gesture-required', 'rate-limit', 'link-missing', 'queue-full',
]

type Path = readonly (string | number)[]

/** Every place in a value, its own first. */
function* placesOf(value: unknown, at: Path = []): Generator<Path> {
  if (at.length > 0) yield at
  if (typeof value !== 'object' || value === null) return
  for (const [key, item] of Object.entries(value)) yield* placesOf(item, [...at, Array.isArray(value) ? Number(key) : key])
}

/** The arguments with `poison`, which is text of the wire's, in that place. */
function poisoned(args: readonly unknown[], at: Path, poison: string): string {
  const put = (value: unknown, [key, ...rest]: Path): unknown => {
    if (key === undefined) return '@here'
    const entries = Object.entries(Object(value)).map(([name, item]) => [name, name === String(key) ? put(item, rest) : item] as const)
    return Array.isArray(value) ? entries.map(([, item]) => item) : Object.fromEntries(entries)
  }
  return JSON.stringify(put(args, at)).replace('"@here"', poison)
}

/** With one more key in that object. */
function extended(args: readonly unknown[], at: Path, key: string): string | undefined {
  const value = at.reduce<unknown>((part, step) => Reflect.get(Object(part), step), args)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  return poisoned(args, at, JSON.stringify(value).replace(/\}$/, `,"${key}":1}`).replace('{,', '{'))
}

function attacksOn(method: string, args: readonly unknown[]): readonly (readonly [what: string, method: string, text: string])[] {
  const places = [...placesOf(args)]
  return [
    ...places.flatMap((at) => Object.entries(POISONS).map(([what, poison]) => [`${what} at ${at.join('.')}`, method, poisoned(args, at, poison)] as const)),
    ...places.flatMap((at) => KEYS.flatMap((key) => {
      const text = extended(args, at, key)
      return text === undefined ? [] : [[`the key ${key} in ${at.join('.')}`, method, text] as const]
    })),
    ['an argument too many', method, JSON.stringify([...args, 1])],
  ]
}

const limits = { httpPerMinute: 10_000, eventsPerSecond: 10_000, capabilityCallsPerMinute: 100_000, storageBytes: 2 ** 26 }
const options = {
  permissions: 'observe', limits,
  functions: { app: { same: { extensions: 'all', params: ['json'], result: 'json', run: ([value]: readonly unknown[]) => value } } },
} satisfies Partial<GloveboxOptions>
const manifest = {
  permissions: [{ name: 'extension:call', scope: { extensions: ['com.example.other'] } }], links: { other: { extension: 'com.example.other', version: '^1.0' } }, limits,
}

async function prepare(box: Glovebox): Promise<void> {
  // What comes is any JSON of a stranger's: an app that makes text of it fails by itself.
  for (const provided of [{ ...createNotes().collection, read: () => ({ items: [] }) }, capability]) await box.provide(provided)
  await box.install(pkg('let n = 0; export const same = (value) => value; export const count = () => ++n', { id: 'com.example.other', provides: [{ export: 'same' }] }))
}

let inherited: readonly PropertyKey[] = []
beforeEach(() => {
  pretendPlatform()
  inherited = Reflect.ownKeys(Object.prototype)
})
afterEach(() => {
  endPretence()
  expect(Reflect.ownKeys(Object.prototype), 'Object.prototype').toEqual(inherited)
})

/** The box's own table, as it makes it: a Map of functions by the names of the wire. */
async function methodsOf(): Promise<readonly string[]> {
  const names = new Set<string>()
  const { set } = Map.prototype
  Map.prototype.set = function note(key: unknown, value: unknown) {
    if (typeof key === 'string' && /^[a-z]+\.[a-zA-Z]+$/.test(key) && typeof value === 'function') names.add(key)
    return set.call(this, key, value)
  }
  try {
    await openBox()
  } finally {
    Map.prototype.set = set
  }
  return [...names]
}

test('every method of the box has its row here', async () => {
  expect(Object.keys(METHODS).sort()).toEqual([...(await methodsOf())].sort())
})

test('poison in any place of any arguments is refused as a mistake of the guest, or is a value like others', { timeout: 90_000 }, async () => {
  const escaped = await escape(options, { manifest, prepare })
  const breaches = limitsOf(escaped.extension)
  const attacks = Object.entries(METHODS).flatMap(([method, args]) => attacksOn(method, args))
  // Odd numbers are the guest's: each of its streams has ended already.
  let stream = -1
  const calls = attacks.map(([, method, text]) => [method, text.replace(`"${STREAM}"`, () => String(stream += 2))] as const)
  await escaped.attack('wire stream frames', ...Array.from({ length: (stream + 1) / 2 }, (_, index) => ({ stream: 2 * index + 1, op: 'end' })))
  const answers = await ask(escaped, ...calls)

  const others = answers.map(({ code }, index) => `${code}: ${attacks[index]?.slice(0, 2).join(' of ')}`).filter((line) => !CODES.includes(line.replace(/:.*/, '')))
  expect(others).toEqual([])
  const tooMany = answers.flatMap(({ code }, index) => (attacks[index]?.[0] === 'an argument too many' && code !== 'invalid-argument' ? [`${attacks[index]?.[1]} ${code}`] : []))
  expect(tooMany).toEqual([])
  expect(breaches.filter(({ code }) => code === 'malformed-message' || code === 'flood')).toEqual([])
  expect(await escaped.extension.call('ok')).toBe(1)
})

test('an own __proto__ key is a breach, whatever is called: the instance ends, and nothing else', { timeout: 90_000 }, async () => {
  const { box, extension, attack } = await escape(options, { manifest, prepare })
  const other = box.get('com.example.other')
  await other.call('count')
  const ends = limitsOf(extension)
  for (const [index, [method, args]] of Object.entries(METHODS).entries()) {
    const [at = [0]] = placesOf(args)
    attack('wire ask', [method, poisoned(args.length > 0 ? args : [1], at, '{"a":{"__proto__":{"polluted":1}}}')]).catch(() => undefined)
    await until(() => ends.length > index, `the end after ${method}`)
  }

  expect(ends.map(({ code }) => code)).toEqual(Object.keys(METHODS).map(() => 'malformed-message'))
  expect([await other.call('count'), await extension.call('ok')]).toEqual([2, 1])
})
