/** What extensions could do to each other by calling: cycles, deadlocks, depth, borrowed powers, forged words, floods. */
import type { Decision, Extension, Glovebox, PromptRequest } from 'glovebox'
import fixtures from 'virtual:glovebox-wat'
import { describe, expect, test } from 'vitest'
import { answering, codeOf, limitsOf, openBox, pkg, type TestPackage, uniqueName, until } from '../browser/box-harness.ts'
import { installAll, linked, STORAGE } from './link-harness.ts'

describe.each(['session', 'call'])('with the lifetime %s', (lifetime) => {
  test('a chain that comes back to an extension that waits is refused at once', async () => {
    const [a] = await installAll(await openBox(),
      linked('a', 'export const run = () => code(link("b"))', ['b'], { lifetime }),
      linked('b', 'export const run = () => code(link("c"))', ['c'], { lifetime }),
      linked('c', 'export const run = () => code(link("a"))', ['a'], { lifetime }))
    expect(await a?.call('run')).toBe('link-cycle')
  })

  test('two chains that would wait for each other do not: one is refused, or both end', async () => {
    const waits = (to: string): string => `
      export const run = async (deep) => deep ? code(link("${to}", false)) : 'end'
      export const start = (to) => code(link(to, true))`
    const box = await openBox()
    await installAll(box, linked('a', waits('b'), ['b'], { lifetime }), linked('b', waits('a'), ['a'], { lifetime }))
    const users = await installAll(box, linked('x', 'export const run = () => code(link("a", true))', ['a']), linked('y', 'export const run = () => code(link("b", true))', ['b']))
    const answers = await Promise.all(users.flatMap((user) => [user.call('run'), user.call('run'), user.call('run')]))
    expect(answers).toHaveLength(6)
    for (const answer of answers) expect(['end', 'link-cycle']).toContain(answer)
  })
})

test('a chain is eight calls deep, and no deeper', async () => {
  const box = await openBox()
  const names = Array.from({ length: 10 }, (_, index) => `n${index}`)
  const chain = names.map((name, index) => linked(name, `export const run = async (left) => left === 0 ? 0 : 1 + await link("n${index + 1}", left - 1)
    export const start = (left) => code(run(left))`, index + 1 < names.length ? [`n${index + 1}`] : []))
  for (const one of [...chain].reverse()) await box.install(one)
  const first = box.get('com.n0')
  expect(await first.call('start', [8])).toBe(8)
  const limits = limitsOf(box)
  expect(await codeOf(first.call('run', [9]))).toBe('thrown')
  await expect.poll(() => limits.map(({ code }) => code)).toEqual(['link-depth'])
}, 90_000)

test('what a callee puts off until the call is over is still done on behalf of others', async () => {
  const box = await openBox()
  const [b, a] = await installAll(box,
    linked('b', `
      let later
      export const run = () => { setTimeout(() => { later = code(glovebox.storage.get('secret')) }, 20); return 'put off' }
      export const what = async () => later === undefined ? 'nothing yet' : later
      export const own = () => code(glovebox.storage.get('secret'))`, [], { permissions: [STORAGE], provides: [{ export: 'what' }] }),
    linked('a', 'export const run = async () => { await link("b"); for (;;) { const what = await glovebox.links.b.what(); if (what !== "nothing yet") return what } }', ['b']))
  expect(await b?.call('own')).toBe(undefined)
  expect(await a?.call('run')).toBe('permission-denied')
})

test('a permission that is listed is used as the callee holds it, and the prompt and the log name who waits', async () => {
  const requests: PromptRequest[] = []
  const { prompt } = answering('session')
  const box = await openBox({ prompt: async (request) => (requests.push(request), prompt(request)) })
  const [, a] = await installAll(box,
    linked('b', 'export const read = () => code(glovebox.storage.get("x")); export const ask = () => code(glovebox.permissions.request("storage:write"))', [], {
      permissions: [], optionalPermissions: [STORAGE, { name: 'storage:write', scope: { prefixes: [''] } }],
      provides: [{ export: 'read', permissions: ['storage:read'] }, { export: 'ask', permissions: ['storage:read'] }],
    }),
    linked('a', 'export const run = (name) => code(glovebox.links.b[name]())', ['b']))
  expect(await a?.call('run', ['read'])).toBe(undefined)
  expect(requests.at(-1)).toMatchObject({ extension: { id: 'com.b' }, onBehalfOf: ['com.a'] })
  expect(await a?.call('run', ['ask'])).toBe('permission-denied')
})

test('the deadline of the caller ends the callee, and its abort too', async () => {
  const box = await openBox()
  const [b, a] = await installAll(box,
    linked('b', 'export const run = () => new Promise(() => {})'),
    linked('a', 'export const run = () => link("b")', ['b']))
  expect(await codeOf((a as Extension).call('run', [], { timeoutMs: 300 }))).toBe('deadline-exceeded')
  const ending = async (): Promise<boolean> => (await (b as Extension).inspect()).instances.every(({ pendingCalls }) => pendingCalls.length === 0)
  await until(ending, 'the callee to be rid of the call')
  const abort = new AbortController()
  const call = (a as Extension).call('run', [], { signal: abort.signal })
  await until(async () => !(await ending()), 'the callee to be called')
  abort.abort(new Error('enough'))
  await expect(call).rejects.toThrow('enough')
  const { instances } = await (b as Extension).inspect()
  await until(async () => (await (b as Extension).inspect()).waitingCalls.length === 0, 'nothing waits')
  expect(instances.length).toBeLessThanOrEqual(1)
})

describe('a call that the app has aborted', () => {
  const CODE = `
    let [told, isDue] = [undefined, false]
    const ask = () => (told = glovebox.links.b.run().catch((error) => error.code))
    export const run = ask
    export const late = async () => { while (!isDue) await new Promise((resolve) => setTimeout(resolve, 10)); return ask() }
    export const now = () => { isDue = true }
    export const what = () => told
    export const leave = () => { ask() }`
  const caller = (permissions: 'permissions' | 'optionalPermissions'): TestPackage => pkg(CODE, {
    id: 'com.a', links: { b: { extension: 'com.b', version: '^1.0' } }, [permissions]: [{ name: 'extension:call', scope: { extensions: ['com.b'] } }],
  })
  const startsOf = async (box: Glovebox): Promise<number> => (await box.audit.query({ extension: 'com.b', kind: 'start' })).rows.length
  /** Calls it, and aborts it when that is due. */
  const aborted = async (a: Extension, name: string, isDue: () => boolean | Promise<boolean>): Promise<void> => {
    const abort = new AbortController()
    const call = a.call(name, [], { signal: abort.signal })
    await until(isDue, 'the moment to abort')
    abort.abort(new Error('enough'))
    await expect(call).rejects.toThrow('enough')
  }

  test('while the user read whether it may call another calls nobody; one that ended otherwise leaves its call to be made', async () => {
    const answers: (() => void)[] = []
    const box = await openBox({ prompt: async ({ permissions, when }) => {
      if (when === 'use') await new Promise<void>((resolve) => { answers.push(resolve) })
      return permissions.map(() => 'once' as const)
    } })
    await box.install(linked('b', 'let calls = 0; export const run = () => ++calls'))
    const a = await box.install(caller('optionalPermissions'))

    await aborted(a, 'run', () => answers.length === 1)
    answers[0]?.()
    expect(await a.call('what')).toBe('internal')
    expect(await startsOf(box)).toBe(0)

    await a.call('leave')
    await until(() => answers.length === 2, 'the question')
    answers[1]?.()
    expect(await a.call('what')).toBe(1)
  })

  test('calls nobody from what it left running', async () => {
    const box = await openBox()
    await box.install(linked('b', 'let calls = 0; export const run = () => ++calls'))
    const a = await box.install(caller('permissions'))
    await aborted(a, 'late', async () => (await a.inspect()).instances.some(({ pendingCalls }) => pendingCalls.length > 0))
    await a.call('now')
    await until(async () => (await a.call('what')) !== undefined, 'the late call')
    expect(await a.call('what')).toBe('disposed')
    expect(await startsOf(box)).toBe(0)
  })
})

/** com.b waits for ever, or until it is told to go on. */
const WAITER = `let go
  export const run = (what) => what === 'wait' ? new Promise((resolve) => { go = resolve }) : what === 'go' ? go('served') : new Promise(() => {})`

const kindsOf = async (box: Glovebox, extension: string): Promise<readonly string[]> =>
  (await box.audit.query({ extension, kind: ['limit', 'kill'] })).rows.map(({ kind, outcome }) => `${kind} ${outcome}`)

test('a caller whose time ends does not end the instance under the calls of others, nor spend the share of the callee', async () => {
  const box = await openBox()
  const [b, c, a] = await installAll(box, linked('b', WAITER), linked('c', 'export const run = (what) => code(link("b", what))', ['b']), linked('a', 'export const run = () => link("b", "hang")', ['b']))
  const pending = async (): Promise<number> => (await (b as Extension).inspect()).instances.reduce((sum, { pendingCalls }) => sum + pendingCalls.length, 0)
  const served = c?.call('run', ['wait'])
  await until(async () => (await pending()) === 1, 'the callee to be called')

  for (let i = 0; i < 3; i++) expect(await codeOf((a as Extension).call('run', [], { timeoutMs: 300 }))).toBe('deadline-exceeded')
  await until(async () => (await pending()) === 1, 'the callee to be rid of the calls')

  await c?.call('run', ['go'])
  expect(await served).toBe('served')
  expect(await kindsOf(box, 'com.b')).toEqual([])
})

test('a caller that may wait no longer, or calls too often, is the one whose limit it is', async () => {
  const box = await openBox()
  const put = (what: string, count: number): string => `
    let ends = []
    export const run = () => { setTimeout(() => { for (let i = 0; i < ${count}; i++) code(link("b", "${what}")).then((end) => ends.push(end)) }, 1) }
    export const what = () => ends`
  const [, a] = await installAll(box, linked('b', WAITER, [], { lifetime: 'call', limits: { maxInstances: 1, queuedCalls: 1 } }), linked('a', put('hang', 5), ['b'], { limits: { callMs: 1000 } }))
  await a?.call('run')
  await until(async () => ((await a?.call('what')) as unknown[]).length === 5, 'all to end')

  expect(new Set(await a?.call('what') as string[])).toEqual(new Set(['queue-full', 'deadline-exceeded']))
  expect((await kindsOf(box, 'com.a')).toSorted()).toEqual(expect.arrayContaining(['limit deadline-exceeded', 'limit queue-full']))
  expect((await kindsOf(box, 'com.b')).filter((one) => one.startsWith('limit'))).toEqual([])
})

test('an uninstalled callee, an update out of range, and a revocation in mid-call end the call with their codes', async () => {
  const box = await openBox()
  const waiting = (version: string): TestPackage => linked('b', 'export const run = (wait) => wait ? new Promise(() => {}) : 0', [], { version })
  const [, a] = await installAll(box, waiting('1.0.0'), linked('a', 'export const run = (...args) => code(link("b", ...args))', ['b']))
  const begin = async (): Promise<Promise<unknown>[]> => {
    const call = (a as Extension).call('run', [true])
    await until(async () => (await box.get('com.b').inspect()).instances.some(({ serves, pendingCalls }) => serves === 'extensions' && pendingCalls.length > 0), 'the callee to be called')
    return [call]
  }
  const [first] = await begin()
  await box.uninstall('com.b')
  expect(await first).toBe('link-missing')
  expect(await a?.call('run')).toBe('link-missing')
  await box.install(waiting('1.4.0'))
  expect(await a?.call('run')).toBe(0)
  await box.install(waiting('2.0.0'))
  expect(await a?.call('run')).toBe('link-mismatch')
  await box.install(waiting('1.5.0'))
  const [second] = await begin()
  await (a as Extension).permissions.revoke('extension:call')
  expect(await second).toBe('permission-revoked')
  expect(await a?.call('run')).toBe('permission-revoked')
})

test('a grant to call an extension is for the one that had the id then: another one, or the same installed anew, is asked for again', async () => {
  const name = uniqueName()
  const uses: PromptRequest[] = []
  let word: Decision = 'always'
  const prompt = async (request: PromptRequest): Promise<Decision[]> => {
    if (request.when === 'use') uses.push(request)
    return request.permissions.map(() => (request.when === 'use' ? word : 'always'))
  }
  const open = (): Promise<Glovebox> => openBox({ name, store: 'indexeddb', prompt })
  const b = (words: string): TestPackage => linked('b', `export const run = (said) => '${words} heard ' + said`)
  const first = await open()
  await first.install(b('friend'))
  await first.install(linked('a', 'export const run = () => code(link("b", "a secret"))', ['b']))
  expect(await first.get('com.a').call('run')).toBe('friend heard a secret')
  await first.install(b('newer friend'))
  expect(await first.get('com.a').call('run')).toBe('newer friend heard a secret')
  first.dispose()

  const second = await open()
  const a = second.get('com.a')
  expect(await a.call('run')).toBe('newer friend heard a secret')
  expect(uses).toEqual([])
  await second.uninstall('com.b')
  expect(await a.call('run')).toBe('link-missing')
  await second.install(b('stranger'))
  word = 'deny'
  expect(await a.call('run')).toBe('permission-denied')
  expect(uses).toMatchObject([{ extension: { id: 'com.a' }, permissions: [{ name: 'extension:call', scope: { extensions: ['com.b'] } }] }])
  word = 'always'
  await a.permissions.request('extension:call')
  expect(await a.call('run')).toBe('stranger heard a secret')
  expect(uses).toHaveLength(2)
})

test('1 000 chains at once, each ends with its own answer', async () => {
  const limits = { pendingCapabilityCalls: 2_000 }
  const [, , a] = await installAll(await openBox({ limits }),
    linked('c', 'export const run = async (x) => x + 1', [], { limits }),
    linked('b', 'export const run = async (x) => (await link("c", x)) * 2', ['c'], { limits }),
    linked('a', 'export const run = (x) => link("b", x)', ['b'], { limits }))
  const numbers = Array.from({ length: 1_000 }, (_, index) => index)
  expect(await Promise.all(numbers.map((x) => a?.call('run', [x])))).toEqual(numbers.map((x) => (x + 1) * 2))
}, 60_000)

test('a result with a callable then, getters or a prototype of its own is none: only plain values cross', async () => {
  const box = await openBox()
  const [, a] = await installAll(box,
    linked('b', `export const run = (kind) => ({
      then: { then: 'text', value: 1 }, proto: JSON.parse('{"__proto__": {"polluted": true}, "a": 1}'), fn: { callback() {} },
    })[kind]`),
    linked('a', `export const run = async (kind) => { const it = await code(link("b", kind)); return typeof it === 'string' ? it : JSON.stringify(it) + ({}).polluted }
      export const cause = (kind) => link("b", kind).catch((error) => error.cause.code)`, ['b']))
  expect(await a?.call('run', ['then'])).toBe('{"then":"text","value":1}undefined')
  expect(await a?.call('cause', ['proto'])).toBe('value-unsupported')
  expect(await a?.call('cause', ['fn'])).toBe('value-unsupported')
})

test('links and functions with names from the prototype are refused', async () => {
  const box = await openBox()
  const [, a] = await installAll(box, linked('b', 'export const run = () => 0'), linked('a', `export const run = (link, name) =>
    Promise.resolve().then(() => glovebox.extensions.call(link, name, [])).then(() => 'called', (error) => error.code)`, ['b']))
  expect(await a?.call('run', ['b', 'run'])).toBe('called')
  for (const link of ['__proto__', 'constructor', 'toString', 'com.b', '']) expect(await a?.call('run', [link, 'run']), link).toBe('invalid-argument')
  for (const name of ['__proto__', 'constructor', 'hasOwnProperty']) expect(await a?.call('run', ['b', name]), name).toBe('permission-denied')
})

test('while a person reads a question of the callee, the clocks of all who wait stand still', async () => {
  const question = heldQuestion()
  const { first } = await asking(question)
  await question.opened
  const since = performance.now()
  await until(() => performance.now() - since > 1_500, 'longer than the deadline')
  question.answer()
  expect(await first).toBe('read')
})

test('a question of the callee buys no time for a loop of the caller', async () => {
  const question = heldQuestion()
  const { a } = await asking(question, 20_000)
  await question.opened
  expect(await codeOf(a.call('loop', [], { timeoutMs: 500 }))).toBe('deadline-exceeded')
})

interface HeldQuestion {
  readonly prompt: (request: PromptRequest) => Promise<Decision[]>
  readonly opened: Promise<void>
  answer(): void
}

/** Answers at once, but for what com.b asks at its use. */
function heldQuestion(): HeldQuestion {
  let [open, answer] = [() => {}, () => {}]
  const opened = new Promise<void>((resolve) => { open = resolve })
  const answered = new Promise<void>((resolve) => { answer = resolve })
  return {
    opened, answer: () => answer(),
    prompt: async (request) => {
      if (request.extension.id === 'com.b' && request.when === 'use') {
        open()
        await answered
      }
      return request.permissions.map(() => 'session' as const)
    },
  }
}

/** com.a has called com.b, and com.b asks for something. */
async function asking({ prompt }: HeldQuestion, timeoutMs = 1_000): Promise<{ readonly a: Extension, readonly first: Promise<unknown> }> {
  const box = await openBox({ prompt })
  await box.install(pkg('export const run = async () => (await glovebox.storage.get("x")) ?? "read"', {
    id: 'com.b', optionalPermissions: [STORAGE], provides: [{ export: 'run', permissions: ['storage:read'] }],
  }))
  const a = await box.install(linked('a', `export const run = () => link("b")
    export const loop = async () => { link("b").catch(() => {}); await glovebox.permissions.query('http:read'); for (;;); }`, ['b']))
  const first = a.call('run', [], { timeoutMs })
  first.catch(() => {})
  return { a, first }
}

test('components that serve one call at a time refuse the chain that would wait for itself', async () => {
  if (!('Suspending' in WebAssembly)) return
  const bytes = Uint8Array.from(atob(fixtures['importer']?.component ?? ''), (character) => character.charCodeAt(0))
  const box = await openBox()
  const half = { interface: 'acme:math/api@1.2.0', permissions: ['extension:call'] }
  const script = (links: object): TestPackage => pkg(`
    export const api = { double: (x) => x, half: async (x) => x > 0 ? await glovebox.links.user.half(x - 1) : 0, same: (x) => x, whoCalls: () => undefined }
    export const start = (x) => glovebox.links.user.half(x).catch((error) => error.message)`, {
    id: 'com.math', provides: [half], permissions: [{ name: 'extension:call', scope: { extensions: ['com.user'] } }], ...links,
  })
  await box.install(script({}))
  await box.install({
    manifest: {
      id: 'com.user', name: 'user', version: '1.0.0', lane: 'component', entry: 'main.wasm', files: ['main.wasm'], provides: [{ export: 'half', permissions: ['extension:call'] }],
      links: { math: { extension: 'com.math', version: '^1.0', interface: 'acme:math/api@1.1.0' } }, permissions: [{ name: 'extension:call', scope: { extensions: ['com.math'] } }],
    },
    files: { 'main.wasm': bytes },
  })
  const math = await box.install(script({ links: { user: { extension: 'com.user', version: '^1.0' } } }))
  expect(await math.call('start', [1])).toMatch(/^link-cycle: com\.math -> com\.user -> com\.math/)
  expect(await box.get('com.user').call('half', [0])).toBe(0)
})
