/** Time and life: deadlines, turns, aborts, crashes, restarts, disposal. Every pending call settles. */
import { describe, expect, test } from 'vitest'
import { codeOf, failure, limitsOf, openBox, pkg, run, until } from './box-harness.ts'

/** Native loops of a few seconds, not for ever: WebKit never ends a worker inside one, and each would keep a core from the tests that follow. */
const LOOPS: [string, string][] = [
  ['a JavaScript loop', 'for (;;) {}'],
  ['a native builtin', '[].indexOf.call({ length: 5e7 }, 1)'],
  ['a native search', '"a".repeat(1e6).indexOf("a".repeat(2e3) + "b")'],
  ['catastrophic backtracking', '/^(a+)+$/.test("a".repeat(40) + "b")'],
  ['a microtask flood', '(function flood() { Promise.resolve().then(flood) })()\n  return new Promise(() => {})'],
]

describe('a deadline', () => {
  test.each(LOOPS)('ends %s at most 250 ms late, and the next call gets a new instance', { retry: 2 }, async (_, code) => {
    const extension = await run(`export const loop = () => { ${code} }\nexport const ok = () => 1`)
    await extension.start()
    const before = performance.now()

    expect(await codeOf(extension.call('loop', [], { timeoutMs: 300 }))).toMatch(/^(deadline|memory)-exceeded$/)

    expect(performance.now() - before).toBeLessThan(300 + 250)
    expect(await extension.call('ok')).toBe(1)
  })

  test('settles the other calls of the instance', async () => {
    const extension = await run('export const wait = () => new Promise(() => {}); export const loop = () => { for (;;) {} }')
    await extension.start()
    const waiting = codeOf(extension.call('wait'))

    expect(await codeOf(extension.call('loop', [], { timeoutMs: 200 }))).toBe('deadline-exceeded')
    expect(await waiting).toBe('crashed')
  })

  test('ends a call whose promise never settles', async () => {
    const extension = await run('export const never = () => new Promise(() => {})')

    expect(await codeOf(extension.call('never', [], { timeoutMs: 150 }))).toBe('deadline-exceeded')
  })

  test('that is short ends a call that waits, not the next one', { retry: 2 }, async () => {
    const extension = await run('export const wait = (ms) => new Promise((resolve) => { setTimeout(resolve, ms, "late") }); export const ok = () => 1')
    await extension.start()

    for (let round = 0; round < 3; round++) {
      const late = await failure(extension.call('wait', [2000], { timeoutMs: 150 }))
      expect([late.code, late.message]).toEqual(['deadline-exceeded', expect.stringContaining('it was waiting')])
      expect(await extension.call('ok')).toBe(1)
    }
  })

  test('holds for the main module', async () => {
    const extension = await run('for (;;) {}', { limits: { startMs: 1000 } })

    expect(await codeOf(extension.call('x'))).toBe('deadline-exceeded')
  })

  test('stands still while a prompt is open', async () => {
    let answer: (decisions: ['once']) => void = () => {}
    const asked = new Promise<void>((resolve) => {
      prompt = () => { resolve(); return new Promise((done) => { answer = done }) }
    })
    const box = await openBox({ prompt: (request) => prompt(request) })
    const extension = await box.install(pkg('export const ok = () => 1; export const get = () => { setInterval(async () => { await null }, 50); return glovebox.storage.get("k") }', {
      optionalPermissions: [{ name: 'storage:read', scope: { prefixes: [''] }, reason: '' }],
    }))
    await extension.call('ok')
    const call = extension.call('get', [], { timeoutMs: 1_000 }).catch((error: unknown) => error)
    await asked
    await new Promise((resolve) => setTimeout(resolve, 1_250)) // longer than the call may take: the person reads

    answer(['once'])

    expect(await call).toBe(undefined)
  })
})
let prompt: (request: unknown) => Promise<['once']> = async () => ['once']

describe('a turn', () => {
  test('outside calls is ended when it takes too long', async () => {
    const extension = await run('export const arm = () => { setTimeout(() => { for (;;) {} }, 0); return 1 }; export const ok = () => 2', { limits: { turnMs: 200 } })
    const limits = limitsOf(extension)
    await extension.call('arm')

    await until(() => limits.some(({ code }) => code === 'turn-exceeded'), 'the turn limit')
    expect(await extension.call('ok')).toBe(2)
  })

  test('inside a native builtin is ended from outside', async () => {
    const extension = await run('export const arm = () => { setTimeout(() => { [].indexOf.call({ length: 5e7 }, 1) }, 0); return 1 }; export const ok = () => 2', { limits: { turnMs: 200 } })
    const limits = limitsOf(extension)
    await extension.call('arm')

    await until(() => limits.some(({ code }) => code === 'turn-exceeded'), 'the turn limit')
    expect(await extension.call('ok')).toBe(2)
  })
})

describe('an abort', () => {
  test('rejects with the signal\'s own reason, also in a loop, and the extension lives on', async () => {
    const extension = await run('export const loop = () => { for (;;) {} }; export const ok = () => 1')
    await extension.start()
    const stop = new AbortController()
    const reason = new Error('pressed stop')
    setTimeout(() => stop.abort(reason), 50)

    // WebKit may leave the ended worker in its loop: its own deadline ends it then, before it costs the tests that follow a core.
    expect(await failure(extension.call('loop', [], { signal: stop.signal, timeoutMs: 3_000 }))).toBe(reason)
    await until(() => extension.state === 'stopped', 'the looping instance to be ended')
    expect(await extension.call('ok')).toBe(1)
  })

  test('before the call sends nothing', async () => {
    const extension = await run('export const x = () => 1')

    expect(await codeOf(extension.call('x', [], { signal: AbortSignal.abort({ code: 'mine' }) }))).toBe('mine')
    expect(extension.state).toBe('stopped')
  })
})

describe('restarts', () => {
  test('are refused after three ends that the worker did not answer for', async () => {
    const extension = await run('export const burn = () => [].indexOf.call({ length: 5e7 }, 1)', {}, { startTimeoutMs: 10_000 })
    for (let n = 0; n < 3; n++) expect(await codeOf(extension.call('burn', [], { timeoutMs: 100 }))).toBe('deadline-exceeded')

    expect(await codeOf(extension.call('burn'))).toBe('restart-limit')
  })

  test('follow a crash, and an idle stop', async () => {
    const box = await openBox({ limits: { idleMs: 100 } })
    const extension = await box.install(pkg('let n = 0; export const count = () => ++n'))
    await extension.call('count')

    await until(() => extension.state === 'stopped', 'the idle stop')
    expect(await extension.call('count')).toBe(1)
  })
})

describe('memory', () => {
  test.each([
    ['strings', 'const all = []; for (;;) all.push("x".repeat(1e6) + all.length)'],
    ['typed arrays', 'const all = []; for (;;) all.push(new Uint8Array(1e6))'],
    ['objects', 'const all = []; for (;;) all.push({ n: all.length })'],
  ])('filled with %s stops at the cap, and others live on', async (_, code) => {
    const box = await openBox({ limits: { memoryMib: 16 } })
    const eater = await box.install(pkg(`export const eat = () => { ${code} }`))
    const other = await box.install(pkg('export const ok = () => 1', { id: 'com.example.other' }))
    await other.start()

    expect(['memory-exceeded', 'thrown', 'crashed']).toContain(await codeOf(eater.call('eat')))
    expect(await other.call('ok')).toBe(1)
  })

  test('recursion without end is a stack-overflow that the guest survives', async () => {
    const extension = await run('export const deep = () => deep() + 1; export const ok = () => 1')

    expect(await codeOf(extension.call('deep'))).toBe('stack-overflow')
    expect(await extension.call('ok')).toBe(1)
  })
})

describe('the end', () => {
  test('stop rejects pending calls, and the next call starts again', async () => {
    const extension = await run('export const wait = () => new Promise(() => {}); export const ok = () => 1')
    await extension.start()
    const waiting = codeOf(extension.call('wait'))

    await extension.stop()

    expect(await waiting).toBe('disposed')
    expect(await extension.call('ok')).toBe(1)
  })

  test('dispose of the box settles calls that run, that start and that come later', async () => {
    const box = await openBox()
    const running = await box.install(pkg('export const wait = () => new Promise(() => {})'))
    await running.start()
    const starting = await box.install(pkg('export const x = () => 1', { id: 'com.example.starting' }))
    const calls = [codeOf(running.call('wait')), codeOf(starting.call('x'))]

    box.dispose()
    box.dispose()

    expect(await Promise.all(calls)).toEqual(['disposed', 'disposed'])
    expect(await codeOf(running.call('wait'))).toBe('disposed')
    expect(await codeOf(box.install(pkg('')))).toBe('disposed')
  })
})
