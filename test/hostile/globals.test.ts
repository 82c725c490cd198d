/**
 * What only code can make, in the hands of a script: thenables, proxies, getters, symbols, cycles, for every argument of every function that
 * `glovebox` has, and every field that fetch reads. What there is, is asked of the guest: nothing that is new can be forgotten here.
 */
import { expect, inject, test } from 'vitest'
import { openBox, pkg } from '../browser/box-harness.ts'
import { capability, createNotes } from '../browser/provided-harness.ts'

const { origin } = inject('server')

const CODE = `
  const poisons = {
    thenable: () => ({ then(resolve) { resolve('polluted') } }),
    proxy: () => new Proxy({}, { get() { throw new Error('trap') }, has() { throw new Error('trap') }, ownKeys() { throw new Error('trap') } }),
    getter: () => ({ get name() { throw new Error('getter') }, get version() { throw new Error('getter') }, get a() { throw new Error('getter') } }),
    proto: () => JSON.parse('{"__proto__":{"polluted":1}}'),
    constructor: () => JSON.parse('{"constructor":{"prototype":{"polluted":1}}}'),
    toJSON: () => ({ toJSON: () => ({ polluted: 1 }), toString: () => 'polluted' }),
    cycle: () => { const cycle = {}; cycle.a = cycle; return cycle },
    symbol: () => Symbol('a'),
    callable: () => Object.assign(() => 'polluted', { then(resolve) { resolve('polluted') } }),
    large: () => 'x'.repeat(600_000),
  }
  async function outcome(run) {
    const settled = (async () => { const value = run(); return value?.opened ? (value.opened.catch(() => {}), value.next()) : value })()
    let timer
    const late = new Promise((resolve) => { timer = setTimeout(resolve, 5000, 'never settles') })
    const toEnd = (error) => (typeof error?.code === 'string' || error instanceof Error ? 'an error' : 'no error: ' + typeof error)
    return Promise.race([settled.then(() => 'fine', toEnd), late]).finally(() => clearTimeout(timer))
  }
  const functions = () => [
    ...Object.entries(glovebox).flatMap(([area, all]) => Object.keys(all).filter((name) => typeof all[name] === 'function').map((name) => [area + '.' + name, all[name]])),
    ['links.other.same', (...args) => glovebox.links.other.same(...args)], ['fetch', fetch],
  ]
  export const names = () => functions().map(([name]) => name)
  export async function attack(name) {
    const [, run] = functions().find(([known]) => known === name)
    const odd = []
    for (const [what, make] of Object.entries(poisons)) {
      const ends = await Promise.all([0, 1, 2].map((at) => outcome(() => run(...['storage:read', 'x', 'x'].map((right, index) => (index === at ? make() : right))))))
      odd.push(...ends.map((end, at) => [end, name + ' with ' + what + ' at ' + at].join(': ')).filter((line) => !/^(fine|an error):/.test(line)))
    }
    return odd
  }
  export async function attackFetch(url) {
    const odd = []
    for (const field of ['method', 'headers', 'body', 'redirect', 'signal', 'credentials', 'mode', 'cache', 'referrer', 'referrerPolicy', 'integrity', 'keepalive', 'duplex', 'window']) {
      for (const [what, make] of Object.entries(poisons)) {
        const end = await outcome(async () => (await fetch(url, { method: 'POST', [field]: make() })).text())
        if (!/^(fine|an error)$/.test(end)) odd.push(end + ': ' + field + ' is ' + what)
      }
    }
    return odd
  }
`

test('no argument of any function in a script leaves anything but a value or an error, on either side', { timeout: 90_000 }, async () => {
  await fetch(`${origin}/reset`, { method: 'POST' })
  const inherited = Reflect.ownKeys(Object.prototype)
  const limits = { capabilityCallsPerMinute: 100_000, eventsPerSecond: 10_000, httpPerMinute: 10_000 }
  const box = await openBox({ permissions: 'observe', limits })
  const notes = createNotes()
  for (const provided of [{ ...notes.collection, read: () => ({ items: [] }) }, capability]) await box.provide(provided)
  await box.install(pkg('export const same = (value) => value', { id: 'com.example.other', provides: [{ export: 'same' }] }))
  const permissions = [{ name: 'extension:call', scope: { extensions: ['com.example.other'] } }]
  const extension = await box.install(pkg(CODE, { permissions, links: { other: { extension: 'com.example.other', version: '^1.0' } }, limits }))

  const names = (await extension.call('names')) as readonly string[]
  expect(names).toEqual(expect.arrayContaining(['storage.set', 'vault.get', 'events.emit', 'host.call', 'files.save', 'serial.open', 'notifications.show', 'extensions.call']))
  const odd = []
  for (const name of names) odd.push(...(await extension.call('attack', [name])) as string[])
  odd.push(...(await extension.call('attackFetch', [`${origin}/echo`])) as string[])

  expect(odd).toEqual([])
  expect([Reflect.ownKeys(Object.prototype), notes.rows.length]).toEqual([inherited, 3])
  expect(await (await fetch(`${origin}/hits?path=/echo`)).text()).not.toContain('polluted')
})
