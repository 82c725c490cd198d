/** What the author of an extension sees when something goes wrong: places in their own source, log lines with their call, a look inside. */
import type { Digest, LogConsole } from 'glovebox'
import { describe, expect, test } from 'vitest'
import fixture from 'virtual:glovebox-typescript'
import { failure, logsOf, openBox, pkg, run, until } from './box-harness.ts'

/** Line, from 1, of the source that holds `text`. */
function lineOf(path: string, text: string): number {
  const lines = (fixture.sources[path] ?? '').split('\n')
  return lines.findIndex((line) => line.includes(text)) + 1
}

const bytes = (base64: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))

describe('a bundled and minified TypeScript extension', () => {
  const shipped = pkg(fixture.code, {}, { 'main.js.map': fixture.map })

  test('throws at lines of its author\'s sources', async () => {
    const extension = await (await openBox()).install(shipped)

    const error = await failure(extension.call('total', ['tea;4\ncake;much']))

    expect(error).toMatchObject({ code: 'thrown', guestName: 'RangeError' })
    const frames = String(error['guestStack']).split('\n')
    expect(frames[0]).toMatch(new RegExp(`^    at toPrice \\(src/order\\.ts:${lineOf('src/order.ts', 'throw new RangeError')}:\\d+\\)$`))
    expect(frames.at(-1)).toMatch(new RegExp(`^    at \\w+ \\(src/main\\.ts:${lineOf('src/main.ts', 'parseOrder(text)')}:\\d+\\)$`))
    expect(String(error['guestStack'])).not.toContain('main.js')
  })

  test('logs from lines of its author\'s sources, in stacks too', async () => {
    const extension = await (await openBox()).install(shipped)
    const lines = logsOf(extension)

    await extension.call('total', ['tea;4'])
    await extension.call('report', ['x;y'])
    await extension.call('late', [0])
    await until(() => lines.some(({ text }) => text.includes('too late')), 'the timer to throw')

    expect(lines[0]).toMatchObject({ level: 'info', text: 'lines: 1', call: 1, position: { file: 'src/main.ts', line: lineOf('src/main.ts', 'console.info') } })
    const texts = lines.map(({ text }) => text).join('\n')
    expect(texts).toContain(`src/order.ts:${lineOf('src/order.ts', 'throw new RangeError')}:`)
    expect(texts).toContain(`src/main.ts:${lineOf('src/main.ts', "console.trace('reported')")}:`)
    expect(texts).toContain(`src/main.ts:${lineOf('src/main.ts', "'too late'")}:`)
    expect(texts).not.toContain('main.js')
    expect(lines.find(({ text }) => text.includes('too late'))).toMatchObject({ level: 'error', call: 3 })
  })

  test('with its map inside the file says the same', async () => {
    const inline = fixture.code.replace(/\/\/# sourceMappingURL=.*/, '') + `//# sourceMappingURL=data:application/json;base64,${btoa(fixture.map)}\n`
    const extension = await (await openBox()).install(pkg(inline))

    const error = await failure(extension.call('total', ['', { strict: true }]))

    expect(String(error['guestStack']).split('\n')[0]).toContain(`src/main.ts:${lineOf('src/main.ts', 'throw new TypeError')}:`)
  })

  test.each([
    ['is cut off', fixture.map.slice(0, 200)],
    ['is not UTF-8', new Uint8Array([0xff, 0xfe, 0])],
    ['has sections', JSON.stringify({ version: 3, sections: [{ offset: { line: 1e9, column: 0 }, map: JSON.parse(fixture.map) }] })],
    ['has mappings without end', JSON.stringify({ ...JSON.parse(fixture.map), mappings: 'A,'.repeat(2 ** 21) })],
    ['is nested deep', '['.repeat(2_000_000)],
  ])('whose map %s throws at the raw place, in time', async (_name, map) => {
    const extension = await (await openBox()).install(pkg(fixture.code, {}, { 'main.js.map': map }))
    const started = performance.now()

    const error = await failure(extension.call('total', ['', { strict: true }]))

    expect(error).toMatchObject({ code: 'thrown', guestName: 'TypeError', message: 'an empty order', guestStack: expect.stringMatching(/^ +at \w+ \(main\.js:2:\d+\)/) })
    expect(performance.now() - started).toBeLessThan(3000)
    expect(await extension.call('total', ['tea;4'])).toBe(4)
  })
})

describe('a packed TypeScript extension', () => {
  test('is installed, called, and throws at its own lines', async () => {
    const extension = await (await openBox()).install(bytes(fixture.archive.base64))

    expect(await extension.call('total', ['tea;4\ncake;5'])).toBe(9)
    expect([extension.digest, fixture.archive.warnings]).toEqual([fixture.archive.digest, []])
    const error = await failure(extension.call('total', ['tea;much']))
    expect(String(error['guestStack']).split('\n')[0]).toBe(`    at toPrice (src/order.ts:${lineOf('src/order.ts', 'throw new RangeError')}:${columnOf('throw new RangeError') + 21})`)
  })

  test('that was not packed is refused with what to do', async () => {
    const { sources } = fixture
    const raw = { manifest: { id: 'com.example.raw', name: 'Raw', version: '1.0.0', lane: 'script', entry: 'src/main.ts' }, files: sources }

    const error = await failure((await openBox()).install(raw))

    expect(error).toMatchObject({ code: 'syntax-error', message: expect.stringContaining('npx glovebox pack') })
  })

  function columnOf(text: string): number {
    return (fixture.sources['src/order.ts'] ?? '').split('\n').find((line) => line.includes(text))?.indexOf(text) ?? -1
  }
})

describe('a log line', () => {
  test('carries time, level, call and place', async () => {
    const extension = await run(`
      export const f = async () => {
        console.debug('one')
        await new Promise((r) => setTimeout(r, 1))
        console.warn('two\\nthree')
      }`)
    const lines = logsOf(extension)
    const before = Date.now()

    await Promise.all([extension.call('f'), extension.call('f')])

    expect(lines.map(({ extension: id, level, text, call, position }) => [id, level, text, call, position?.line]).sort()).toEqual([
      ['com.example.test', 'debug', 'one', 1, 3], ['com.example.test', 'debug', 'one', 2, 3],
      ['com.example.test', 'warn', 'three', 1, 5], ['com.example.test', 'warn', 'three', 2, 5],
      ['com.example.test', 'warn', 'two', 1, 5], ['com.example.test', 'warn', 'two', 2, 5],
    ])
    expect(lines.every(({ time }) => time >= before - 1 && time <= Date.now())).toBe(true)
  })

  test('reaches the console that the host gives, as an argument and never as a format', async () => {
    const written: unknown[][] = []
    const write = (level: string) => (...args: unknown[]): void => void written.push([level, ...args])
    const target: LogConsole = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
    const extension = await run('console.log("start"); export const f = () => console.error("a", "%cbig %o")', {}, { console: target })

    await extension.call('f')

    expect(written).toEqual([
      ['info', '%s', '[com.example.test] start (main.js:1:12)'],
      ['error', '%s', '[com.example.test #1] a %cbig %o (main.js:1:59)'],
    ])
  })

  test.each<readonly [string, 'auto' | 'off', boolean, number]>([
    ['in development by default', 'auto', true, 1],
    ['not with other trust', 'auto', false, 0],
    ['not when it is off', 'off', true, 0],
  ])("reaches the page's console %s", async (_name, choice, isDevelopment, times) => {
    const written: unknown[] = []
    const { info } = console
    console.info = (...args: unknown[]) => void written.push(args)
    try {
      const box = await openBox({ console: choice, trust: isDevelopment ? { kind: 'development' } : { kind: 'digests', allow: [await digestOf()] } })
      await (await box.install(pkg('console.info("hello")'))).start()
    } finally {
      console.info = info
    }

    expect(written).toHaveLength(times)
  })

  async function digestOf(): Promise<Digest> {
    const box = await openBox()
    return (await box.install(pkg('console.info("hello")'))).digest
  }

  test.each([['log', {}], ['all', 'all'], ['nothing', null]])('a console that is %s is refused', async (_name, value) => {
    expect(await failure(openBox({ console: value as unknown as LogConsole }))).toMatchObject({ name: 'TypeError' })
  })
})

describe('inspect', () => {
  test('shows an extension that was not started', async () => {
    const extension = await run('export const f = () => 1')

    expect(await extension.inspect()).toEqual({ state: 'stopped', instances: [], waitingCalls: [], restarts: { unconfirmedDeaths: 0, refusedForMs: 0 } })
  })

  test('shows pending calls by the numbers that their log lines have, and what they hold', async () => {
    const extension = await run(`
      export const wait = (ms) => { console.log('waiting'); return new Promise((r) => setTimeout(r, ms)) }
      setInterval(() => {}, 1000)`)
    const lines = logsOf(extension)
    await extension.call('wait', [0])
    const pending = extension.call('wait', [1500], { timeoutMs: 5000 }).catch((error: unknown) => error)
    await until(() => lines.length === 2, 'the second call to log')

    const { state, instances, waitingCalls } = await extension.inspect()

    expect([state, waitingCalls]).toEqual(['running', []])
    expect(instances).toMatchObject([{
      isBusy: false, memoryLimitBytes: extension.limits.memoryMib * 2 ** 20, timers: 2, handles: 0, streams: 0, pendingCapabilityCalls: 0, pendingOperations: 0,
      pendingCalls: [{ id: lines[1]?.call, name: 'wait' }],
    }])
    const [call] = instances[0]?.pendingCalls ?? []
    expect(call?.ageMs).toBeLessThan(5000)
    expect(call?.deadlineMs).toBeLessThanOrEqual(5000)
    expect(call?.deadlineMs).toBeGreaterThan(1000)
    expect(instances[0]?.memoryBytes).toBeGreaterThan(2 ** 20)
    expect(await pending).toBeUndefined()
    expect((await extension.inspect()).instances[0]).toMatchObject({ pendingCalls: [], timers: 1 })
  })

  test('shows a worker that guest code holds as busy, within a bounded time', async () => {
    const extension = await run('export const spin = () => { for (;;) {} }')
    await extension.start()
    const spinning = failure(extension.call('spin', [], { timeoutMs: 2000 }))
    await new Promise((resolve) => setTimeout(resolve, 50)) // the call is under way
    const started = performance.now()

    const { instances } = await extension.inspect()

    expect(performance.now() - started).toBeLessThan(1500)
    expect(instances).toMatchObject([{ isBusy: true, memoryBytes: undefined, timers: undefined, pendingCalls: [{ id: 1, name: 'spin' }] }])
    expect(await spinning).toMatchObject({ code: 'deadline-exceeded' })
    expect((await extension.inspect()).instances).toEqual([])
  })

  test('shows calls that wait for an instance', async () => {
    const extension = await run('export const wait = (ms) => new Promise((r) => setTimeout(r, ms))', { lifetime: 'call', limits: { maxInstances: 1 } })
    await extension.start()
    const calls = Promise.allSettled([1, 2, 3].map(() => extension.call('wait', [500])))
    await until(async () => (await extension.inspect()).instances.some(({ pendingCalls }) => pendingCalls.length > 0), 'the first call')

    const { instances, waitingCalls } = await extension.inspect()

    expect(instances.flatMap(({ pendingCalls }) => pendingCalls.map(({ id }) => id))).toEqual([1])
    expect(waitingCalls).toMatchObject([{ id: 2, name: 'wait', deadlineMs: undefined }, { id: 3, name: 'wait', deadlineMs: undefined }])
    expect((await calls).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled'])
  })
})
