/** Extensions that would have it forgotten for whom they work: late work, borrowed calls, loops by way of timers, events and starts. */
import type { AuditRow, Extension, Glovebox, PromptRequest } from 'glovebox'
import { describe, expect, test } from 'vitest'
import { answering, codeOf, limitsOf, openBox, pkg, type TestPackage, until } from '../browser/box-harness.ts'
import { installAll, linked, STORAGE } from './link-harness.ts'

const STORES = { permissions: [STORAGE], provides: ['late', 'read', 'hang'].map((name) => ({ export: name, permissions: ['storage:read'] })) }
const READS = 'export const read = () => code(glovebox.storage.get("x"))'
/** Its call returns before it reads. */
const LATE = `${READS}; export const late = () => { setTimeout(read, 20) }`
const USES = (name: string): TestPackage => linked(name, 'export const call = (to, name, ...args) => code(glovebox.links[to][name](...args))', ['b'])

async function rowsOf(box: Glovebox, extension: string, method: string): Promise<readonly AuditRow[]> {
  const { rows } = await box.audit.query({ extension })
  return rows.filter((row) => row.method === method)
}

/** For whom each read of com.b was, in their order. */
async function reads(box: Glovebox, count: number): Promise<readonly unknown[]> {
  await until(async () => (await rowsOf(box, 'com.b', 'storage.get')).length >= count, `${count} reads`)
  return (await rowsOf(box, 'com.b', 'storage.get')).map(({ facts }) => facts?.['onBehalfOf']).reverse()
}

/** For whom each question at a use was. */
function askedFor(requests: readonly PromptRequest[]): readonly unknown[] {
  return requests.filter(({ when }) => when === 'use').map(({ onBehalfOf }) => onBehalfOf)
}

describe('what a callee does after its call', () => {
  test('is done for those it has served, in the log and in the question', async () => {
    const { prompt, requests } = answering('session')
    const box = await openBox({ prompt })
    await box.install(linked('b', LATE, [], { ...STORES, permissions: [], optionalPermissions: [STORAGE] }))
    await (await box.install(USES('a'))).call('call', ['b', 'late'])
    expect(await reads(box, 1)).toEqual(['com.a'])
    expect(await (await box.install(USES('c'))).call('call', ['b', 'late'])).toBe(undefined)
    expect(await reads(box, 2)).toEqual(['com.a', 'com.c com.a'])
    expect(askedFor(requests)).toEqual([['com.a']])
  })

  test('is forgotten with the memory: one that serves each call afresh works for that call alone', async () => {
    const box = await openBox()
    await box.install(linked('b', LATE, [], { ...STORES, lifetime: 'call' }))
    for (const name of ['a', 'c']) await (await box.install(USES(name))).call('call', ['b', 'read'])
    expect(await reads(box, 2)).toEqual(['com.a', 'com.c'])
  })

  test('is not hidden behind the open call of another', async () => {
    const box = await openBox()
    await box.install(linked('b', `${LATE}; export const hang = () => new Promise(() => {})`, [], STORES))
    const c = await box.install(linked('c', 'export const call = () => { void glovebox.links.b.hang() }', ['b']))
    await (await box.install(USES('a'))).call('call', ['b', 'late'])
    await c.call('call')
    const own = reads(box, 1)
    expect(['com.a', 'com.c com.a']).toContain((await own)[0])
    await (await box.install(USES('d'))).call('call', ['b', 'late'])
    expect((await reads(box, 2))[1]).toBe('com.c com.d com.a')
  })

  test('goes on under the names of those it was for, at whom it calls then', async () => {
    const box = await openBox()
    const [, , a] = await installAll(box,
      linked('b', READS, [], STORES),
      linked('r', 'export const run = () => { setTimeout(() => code(glovebox.links.b.read()), 20) }', ['b']),
      linked('a', 'export const call = () => link("r")', ['r']))
    await a?.call('call')
    expect(await reads(box, 1)).toEqual(['com.a com.r'])
    await until(async () => (await rowsOf(box, 'com.r', 'extension.call')).length > 0, 'the call to end')
    expect((await rowsOf(box, 'com.r', 'extension.call'))[0]?.facts).toEqual({ chain: 'com.a com.r com.b', onBehalfOf: 'com.a' })
  })
})

test("the app's own code is told for whom it is asked", async () => {
  const box = await openBox()
  await box.provide({ capability: 'notes', methods: { who: { needs: 'read', run: (_, { extension, onBehalfOf }) => [extension.id, ...onBehalfOf] } } })
  const b = await box.install(linked('b', 'export const who = () => glovebox.host.call("notes.who")', [], {
    permissions: [{ name: 'host:call', scope: { capabilities: ['notes.read'] } }], provides: [{ export: 'who', permissions: ['host:call'] }],
  }))
  const a = await box.install(linked('a', 'export const call = () => glovebox.links.b.who()', ['b']))
  expect(await b.call('who')).toEqual(['com.b'])
  expect(await a.call('call')).toEqual(['com.b', 'com.a'])
})

describe('a question', () => {
  test('that a callee asks of its own accord names those who called', async () => {
    const { prompt, requests } = answering('session')
    const box = await openBox({ prompt })
    await box.install(linked('b', 'export const ask = () => code(glovebox.permissions.request("storage:read"))', [], {
      optionalPermissions: [STORAGE], provides: [{ export: 'ask', permissions: ['storage:read'] }],
    }))
    const a = await box.install(USES('a'))
    Object.defineProperty(navigator, 'userActivation', { value: { isActive: true }, configurable: true })
    const answer = await a.call('call', ['b', 'ask']).finally(() => Reflect.deleteProperty(navigator, 'userActivation'))
    expect(answer).toBe('granted')
    expect(askedFor(requests)).toEqual([['com.a']])
  })

  test('for one caller is none for another: who closes the dialog of the one has not answered the other', async () => {
    const asked: string[] = []
    const other: Promise<unknown>[] = []
    const box = await openBox({
      limits: { maxInstances: 2 },
      prompt: async ({ when, permissions, onBehalfOf }) => {
        if (when === 'install') return permissions.map(() => 'session')
        if (asked.push(onBehalfOf.join()) > 1) return ['once']
        other.push(a.call('call', ['b', 'read']))
        const asking = async (): Promise<number> => (await b.inspect()).instances.filter(({ pendingCapabilityCalls = 0 }) => pendingCapabilityCalls > 0).length
        await until(async () => await asking() === 2, 'both to ask')
        return [] // no answer
      },
    })
    const b = await box.install(linked('b', READS, [], { ...STORES, lifetime: 'call', limits: { maxInstances: 2 }, permissions: [], optionalPermissions: [STORAGE] }))
    const [a, c] = [await box.install(USES('a')), await box.install(USES('c'))]
    expect(await c.call('call', ['b', 'read'])).toBe('permission-denied')
    expect(await Promise.all(other)).toEqual([undefined])
    expect(asked).toEqual(['com.c', 'com.a'])
  })
})

/** Runs `work` within a call that somebody else made and that is kept open: to the page it is work for that call. */
const BORROWS = `
  const jobs = []
  export const hang = async () => { for (;;) { await new Promise((resolve) => setTimeout(resolve, 2)); for (const job of jobs.splice(0)) job() } }
  const borrowed = (work) => new Promise((resolve, reject) => jobs.push(() => work().then(resolve, reject)))`
const HANGS = { provides: [{ export: 'hang', permissions: ['extension:call'] }] }

/** Keeps a call of each open, and begins at com.a. */
const ACCOMPLICE = linked('x', `
  export const begin = async () => {
    for (const name of ['a', 'b']) glovebox.links[name].hang().catch(() => {})
    return code(link('a', 0))
  }`, ['a', 'b'])

describe('calls that call back', () => {
  test('in the name of another call that is open come no deeper than eight', async () => {
    const hops = (to: string): string => `${BORROWS}; export const run = (n) => n > 20 ? 'deep' : code(borrowed(() => link('${to}', n + 1)))`
    const installed = await installAll(await openBox(), linked('a', hops('b'), ['b'], HANGS), linked('b', hops('a'), ['a'], HANGS), ACCOMPLICE)
    expect(await installed[2]?.call('begin')).toBe('link-depth')
  })

  test('from a timer, when the call is over, count on: the eighth is the last', async () => {
    const hops = (to: string): string => `export const run = () => { setTimeout(() => code(link('${to}')), 1) }`
    const box = await openBox()
    const limits = limitsOf(box)
    const [, , x] = await installAll(box, linked('a', hops('b'), ['b']), linked('b', hops('a'), ['a']), linked('x', 'export const begin = () => link("a")', ['a']))
    await x?.call('begin')
    await until(() => limits.some(({ code }) => code === 'link-depth'), 'the end of it')
  })

  test.each([
    ['from a timer of another call', (to: string) => `${BORROWS}; export const run = () => { borrowed(() => code(link('${to}'))).catch(() => {}) }`],
    ['by way of an event', (to: string, own: string) => `
      export const run = () => code(glovebox.events.emit('${own}/go', 1))
      export const listen = async () => { await glovebox.events.listen('${to}/go', () => void code(link('${to.slice(4)}'))) }`],
  ])('%s may go on as long as the rates last, each a call of its own', async (_, hops) => {
    const events = (own: string, other: string): object => ({
      limits: { capabilityCallsPerMinute: 60 },
      permissions: [{ name: 'event:emit', scope: { events: [`${own}/go`] } }, { name: 'event:listen', scope: { events: [`${other}/go`] } }],
    })
    const provides = [{ export: 'hang', permissions: ['extension:call', 'event:emit'] }]
    const one = (own: string, to: string): TestPackage => {
      const made = linked(own, hops(`com.${to}`, `com.${own}`).replaceAll(`link('com.`, `link('`), [to], { ...events(`com.${own}`, `com.${to}`), provides })
      return { ...made, manifest: { ...made.manifest, provides: [{ export: 'run', permissions: ['extension:call', 'event:emit'] }, ...provides] } }
    }
    const box = await openBox()
    const limits = limitsOf(box)
    const [a, b, x] = await installAll(box, one('a', 'b'), one('b', 'a'), ACCOMPLICE)
    for (const extension of [a, b]) await extension?.call('listen').catch(() => undefined)
    void x?.call('begin')
    await until(() => limits.some(({ code, limit }) => code === 'rate-limit' && limit === 'capabilityCallsPerMinute'), 'the end of it')
    const { instances, waitingCalls } = await (a as Extension).inspect()
    expect(instances.reduce((count, { pendingCalls }) => count + pendingCalls.length, waitingCalls.length)).toBeLessThan(10)
  }, 20_000)

  test('one that hides who waits for it deadlocks itself until its deadline, and nobody else', async () => {
    const limits = { callMs: 1_500 }
    const box = await openBox()
    const [, , x] = await installAll(box,
      linked('a', 'export const hang = () => {}; export const run = (n) => n > 1 ? "free" : code(link("b", n + 1))', ['b'], { ...HANGS, limits, lifetime: 'call' }),
      linked('b', `${BORROWS}; export const run = (n) => code(borrowed(() => link('a', n)))`, ['a'], { ...HANGS, limits }),
      linked('x', `
        export const begin = async () => {
          glovebox.links.b.hang().catch(() => {})
          return code(link('a', 0))
        }
        export const free = () => link('a', 2)`, ['a', 'b']))
    expect(['deadline-exceeded', 'crashed']).toContain(await x?.call('begin'))
    expect(await x?.call('free')).toBe('free')
  })
})

describe('the start of what serves others', () => {
  const STARTS = `export const at = await code(glovebox.storage.get('x')); export const run = () => at ?? 'read'`

  test('has the powers of what it provides, and no more', async () => {
    const box = await openBox()
    const b = await box.install(linked('b', STARTS, [], { permissions: [STORAGE] }))
    const a = await box.install(linked('a', 'export const call = () => code(link("b"))', ['b']))
    expect(await a.call('call')).toBe('permission-denied')
    expect(await b.call('run')).toBe('read')
    expect(await reads(box, 2)).toEqual(['com.a', undefined])
    const { rows } = await box.audit.query({ extension: 'com.b' })
    expect(rows.filter(({ kind }) => kind === 'start').map(({ facts }) => facts)).toEqual([undefined, { onBehalfOf: 'com.a' }])
  })

  test('leaves nothing open that it could not open later', async () => {
    const box = await openBox()
    const listen = { name: 'event:listen', scope: { events: ['host/theme'] } }
    await box.install(linked('b', `
      const heard = []
      const opened = await code(glovebox.events.listen('host/theme', (event) => heard.push(event)))
      export const run = () => [typeof opened, heard.length]`, [], { permissions: [listen] }))
    const a = await box.install(linked('a', 'export const call = () => link("b")', ['b']))
    expect(await a.call('call')).toEqual(['string', 0])
    await box.events.emit('host/theme', 'dark')
    expect(await a.call('call')).toEqual(['string', 0])
  })

  test('is a part of the chain: what it calls cannot wait for it', async () => {
    const [a] = await installAll(await openBox(),
      linked('a', 'export const call = () => link("b"); export const run = () => "called back"', ['b']),
      linked('b', 'const at = await code(link("a")); export const run = () => at', ['a']))
    expect(await a?.call('call')).toBe('link-cycle')
  })
})

test('a component works for whom it serves, and its calls go on in that name', async () => {
  if (!('Suspending' in WebAssembly)) return
  const { default: fixtures } = await import('virtual:glovebox-wat')
  const box = await openBox()
  await box.install(pkg('export const api = { double: (x) => x, half: (x) => code(x), same: (x) => x, whoCalls: () => glovebox.extensions.caller }\nconst code = (x) => glovebox.storage.get("x").then(() => x)', {
    id: 'com.b', permissions: [STORAGE], provides: [{ interface: 'acme:math/api@1.2.0', permissions: ['storage:read'] }],
  }))
  await box.install({
    manifest: {
      id: 'com.user', name: 'user', version: '1.0.0', lane: 'component', entry: 'main.wasm', files: ['main.wasm'], provides: [{ export: 'half', permissions: ['extension:call'] }],
      links: { math: { extension: 'com.b', version: '^1.0', interface: 'acme:math/api@1.1.0' } }, permissions: [{ name: 'extension:call', scope: { extensions: ['com.b'] } }],
    },
    files: { 'main.wasm': Uint8Array.from(atob(fixtures['importer']?.component ?? ''), (character) => character.charCodeAt(0)) },
  })
  for (const name of ['a', 'c']) {
    const user = await box.install(linked(name, 'export const call = (x) => glovebox.links.user.half(x)', ['user']))
    await user.call('call', [4])
  }
  expect(await reads(box, 2)).toEqual(['com.a com.user', 'com.c com.user com.a'])
  expect((await rowsOf(box, 'com.user', 'extension.call')).map(({ facts }) => facts).reverse()).toEqual([
    { chain: 'com.a com.user com.b', onBehalfOf: 'com.a' }, { chain: 'com.c com.user com.b', onBehalfOf: 'com.c com.a' },
  ])
})

test('a callee that sleeps when its caller aborts serves the next caller in fresh memory, in the name of that one, and is not ended by what is left', async () => {
  if (!('Suspending' in WebAssembly)) return
  const { default: fixtures } = await import('virtual:glovebox-wat')
  const box = await openBox()
  const served: (readonly string[])[] = []
  await box.provide({ capability: 'notes', wit: 'acme:app/notes', methods: { who: { run: (_, { onBehalfOf }) => served.push(onBehalfOf) } } })
  const user = await box.install({
    manifest: {
      id: 'com.user', name: 'user', version: '1.0.0', lane: 'component', entry: 'main.wasm', files: ['main.wasm'], lifetime: 'call', limits: { maxInstances: 1 },
      provides: [{ export: 'nap', permissions: ['host:call'] }], permissions: [{ name: 'host:call', scope: { capabilities: ['notes.who'] } }],
    },
    files: { 'main.wasm': Uint8Array.from(atob(fixtures['sleeper']?.component ?? ''), (character) => character.charCodeAt(0)) },
  })
  const [a, c] = [await box.install(linked('a', 'export const call = (ms) => glovebox.links.user.nap(BigInt(ms) * 1_000_000n)', ['user'])),
    await box.install(linked('c', 'export const call = (ms) => glovebox.links.user.nap(BigInt(ms) * 1_000_000n)', ['user']))]
  expect(await c.call('call', [0])).toBe(1)
  const abort = new AbortController()
  const left = codeOf(a.call('call', [60_000], { signal: abort.signal }))
  await until(async () => (await user.inspect()).instances.some(({ serves, pendingCalls }) => serves === 'extensions' && pendingCalls.length > 0), 'the callee to sleep')
  abort.abort(new Error('enough'))
  await left
  // Longer than what the worker gives to a call that was aborted, and less than the sleep of that one.
  expect(await c.call('call', [400])).toBe(2)
  expect(served).toEqual([['com.c'], ['com.c']])
  expect((await user.inspect()).restarts.unconfirmedDeaths).toBe(0)
})
