/** What limits do to real extensions: what one asks for, gets and uses, and what all of a box share. */
import type { Extension, Glovebox } from 'glovebox'
import { describe, expect, inject, test } from 'vitest'
import { codeOf, failure, limitsOf, openBox, pkg, run, until } from './box-harness.ts'

const { origin } = inject('server')

const CODE = `
  const code = (promise) => promise.then(() => 'ok', (error) => error.code)
  export const status = (url, init) => fetch(url, init).then((response) => response.status, (error) => error.code)
  export const many = (url, count) => Promise.all(Array.from({ length: count }, () => status(url)))
  export const put = (key, value) => code(glovebox.storage.set(key, value))
  export const seal = (name, value) => code(glovebox.vault.set(name, value))
  export const burn = (ms) => { const end = Date.now() + ms; while (Date.now() < end); return 'burnt' }
  export const sleep = async (url) => (await fetch(url)).text()
  export const use = () => 'ok'
  export const say = (text) => { console.log(text); return 'ok' }
  export const tell = (name) => code(glovebox.events.emit(name, 1))
  export const keep = (text) => code(glovebox.files.write('/data/a', text))
`

const PERMISSIONS = [
  { name: 'http:read', scope: { origins: [origin] }, reason: 'to test' },
  { name: 'storage:read', scope: { prefixes: [''] }, reason: 'to test' },
  { name: 'storage:write', scope: { prefixes: [''] }, reason: 'to test' },
  { name: 'vault:write', scope: { secrets: Array.from({ length: 50 }, (_, index) => `k${index}`) }, reason: 'to test' },
]

function install(box: Glovebox, name: string, manifest: Record<string, unknown> = {}): Promise<Extension> {
  return box.install(pkg(CODE, { id: `com.example.${name}`, permissions: PERMISSIONS, ...manifest }))
}

describe('an extension', () => {
  test('is told apart in what it asked for, what it got and what it uses', async () => {
    const box = await openBox({ limits: { httpPerMinute: 5 } })
    const extension = await install(box, 'asker', { limits: { httpPerMinute: 50, storageBytes: 4096 } })
    await extension.call('many', [`${origin}/status`, 2])
    await extension.call('put', ['a', 'x'.repeat(100)])

    const usage = await extension.usage()
    expect(usage.httpPerMinute).toMatchObject({ kind: 'rate', allowed: 5, windowMs: 60_000, refused: 0 })
    expect(usage.httpPerMinute?.used).toBeGreaterThan(1.5)
    expect(usage.storageBytes).toMatchObject({ kind: 'level', allowed: 4096 })
    expect(usage.storageBytes?.used).toBeGreaterThan(100)
    expect(usage.maxInstances?.used).toBe(1)
    expect(box.report()).toMatchObject({
      subject: null,
      extensions: [{ limits: {
        asked: { httpPerMinute: 50, storageBytes: 4096 }, granted: { httpPerMinute: 5, storageBytes: 4096 }, used: { httpPerMinute: { allowed: 5 } },
      } }],
    })
  })

  test("is told apart in what it asked for and what its organisation's policy leaves of it", async () => {
    const box = await openBox({ policy: { limits: { httpPerMinute: 3, callMs: 1_000 } } })
    const extension = await install(box, 'capped', { limits: { httpPerMinute: 50, callMs: 500 } })

    const [reported] = box.report().extensions
    expect(reported?.limits.asked).toEqual({ httpPerMinute: 50, callMs: 500 })
    expect(reported?.limits.granted).toMatchObject({ httpPerMinute: 3, callMs: 500 })
    expect(extension.limits).toEqual(reported?.limits.granted)
    await extension.call('many', [`${origin}/status`, 3])
    expect(await extension.call('status', [`${origin}/status`])).toBe('rate-limit')
  })

  test('keeps what it used over a restart and an update', async () => {
    const box = await openBox()
    const first = await install(box, 'again', { limits: { httpPerMinute: 2 } })
    await first.call('many', [`${origin}/status`, 2])
    await first.stop()
    expect(await first.call('status', [`${origin}/status`])).toBe('rate-limit')
    const second = await install(box, 'again', { version: '1.0.1', limits: { httpPerMinute: 2 } })

    expect(await second.call('status', [`${origin}/status`])).toBe('rate-limit')
  })

  test('that computed for too long is refused calls, and told when to try again', async () => {
    const box = await openBox({ limits: { cpuMsPerMinute: 200 } })
    const extension = await install(box, 'burner')
    const limits = limitsOf(box)
    expect(await extension.call('burn', [600])).toBe('burnt')
    const error = await failure(extension.call('use'))

    expect(error).toMatchObject({ code: 'rate-limit', details: { limit: 'cpuMsPerMinute', owner: 'extension', allowed: 200 } })
    expect(Reflect.get(Object(error['details']), 'retryAfterMs')).toBeGreaterThan(60_000)
    await expect.poll(() => limits).toMatchObject([{ extension: 'com.example.burner', code: 'rate-limit', limit: 'cpuMsPerMinute' }])
    const { cpuMsPerMinute } = await extension.usage()
    expect(cpuMsPerMinute?.used).toBeGreaterThan(500)
    expect(cpuMsPerMinute?.refused).toBe(1)
  })

  test('that waits for the network does not compute', async () => {
    const extension = await install(await openBox(), 'waiter')
    await extension.call('use')
    const before = (await extension.usage()).cpuMsPerMinute?.used ?? 0
    await extension.call('sleep', [`${origin}/drip?ms=100&n=10`])
    const after = (await extension.usage()).cpuMsPerMinute?.used ?? 0

    expect(after - before).toBeLessThan(600) // of more than a second; the page is slow, too
  })

  test('may ask the user so often a minute', async () => {
    const requests: unknown[] = []
    const scopes = { origins: [origin] }
    const extension = await run(`
      const code = (promise) => promise.then(() => 'ok', (error) => error.code)
      export const both = async (url) => [await code(fetch(url)), await code(fetch(url, { method: 'POST' }))]
    `, { optionalPermissions: [{ name: 'http:read', scope: scopes, reason: '' }, { name: 'http:write', scope: scopes, reason: '' }] }, {
      limits: { promptsPerMinute: 1 }, prompt: async (request) => { requests.push(request); return ['session'] },
    })
    const limits = limitsOf(extension)

    expect(await extension.call('both', [`${origin}/status`])).toEqual(['ok', 'permission-denied'])
    expect(requests).toHaveLength(1)
    await expect.poll(() => limits).toMatchObject([{ code: 'rate-limit', limit: 'promptsPerMinute', times: 1 }])
  })
})

describe('a subject', () => {
  test('has one allowance for all extensions', async () => {
    const box = await openBox({ subject: { id: 'user-17', limits: { httpPerMinute: 3 } } })
    const [one, two] = [await install(box, 'one'), await install(box, 'two')]
    const limits = limitsOf(box)
    expect(await one.call('many', [`${origin}/status`, 2])).toEqual([200, 200])

    expect(await two.call('many', [`${origin}/status`, 2])).toEqual([200, 'rate-limit'])
    await expect.poll(() => limits).toMatchObject([{ extension: 'com.example.two', limit: 'httpPerMinute' }])
    expect((await box.usage()).httpPerMinute).toMatchObject({ allowed: 3 })
    expect(box.report().subject).toMatchObject({ id: 'user-17', limits: { httpPerMinute: 3 } })
  })

  const TWICE: Readonly<Record<string, { readonly limits: Record<string, number>; readonly use: (extension: Extension) => Promise<unknown>; readonly permissions?: (id: string) => readonly unknown[] }>> = {
    capabilityCallsPerMinute: { limits: { capabilityCallsPerMinute: 3 }, use: (extension) => extension.call('put', ['a', 1]) },
    httpBytesPerMinute: { limits: { httpBytesPerMinute: 10 }, use: (extension) => extension.call('sleep', [`${origin}/echo`]).catch(() => 'refused') },
    httpSentBytesPerMinute: {
      limits: { httpSentBytesPerMinute: 150 }, use: (extension) => extension.call('status', [`${origin}/echo`, { method: 'POST', body: 'x'.repeat(100) }]),
      permissions: () => [{ name: 'http:write', scope: { origins: [origin] }, reason: 'to test' }],
    },
    cpuMsPerMinute: { limits: { cpuMsPerMinute: 300 }, use: (extension) => extension.call('burn', [200]).catch(() => 'refused') },
    promptsPerMinute: {
      limits: { promptsPerMinute: 1 }, use: (extension) => extension.call('put', ['a', 1]), permissions: () => [],
    },
    logBytesPerSecond: { limits: { logBytesPerSecond: 1000 }, use: (extension) => extension.call('say', ['x'.repeat(900)]) },
    eventsPerSecond: {
      limits: { eventsPerSecond: 1 }, use: (extension) => extension.call('tell', [`${extension.id}/done`]),
      permissions: (id) => [{ name: 'event:emit', scope: { events: [`com.example.${id}/done`] }, reason: 'to test' }],
    },
    fileBytes: {
      limits: { fileBytes: 1500 }, use: (extension) => extension.call('keep', ['x'.repeat(1000)]),
      permissions: () => ['file:read', 'file:write'].map((name) => ({ name, scope: { directories: ['/data'] }, reason: 'to test' })),
    },
  }

  test.each(Object.entries(TWICE))('has one allowance of %s for all extensions: each alone would not meet it', async (limit, { limits, use, permissions }) => {
    const box = await openBox({ subject: { id: 'user-17', limits } })
    const told = limitsOf(box)
    const of = (id: string): Record<string, unknown> => (permissions ? { permissions: permissions(id), optionalPermissions: permissions(id).length === 0 ? PERMISSIONS : [] } : {})
    const extensions = [await install(box, 'one', of('one')), await install(box, 'two', of('two'))]
    for (const extension of extensions) await extension.call('use')

    await Promise.all(extensions.map(use)) // at once: some come back within a second
    if (!told.some((one) => one.limit === limit)) await Promise.all(extensions.map(use)) // what is counted afterwards is met by the next

    await until(() => told.some((one) => one.limit === limit), `an event of ${limit}, got ${JSON.stringify(told)}`)
    expect((await box.usage())[limit as keyof Awaited<ReturnType<typeof box.usage>>]).toMatchObject({ allowed: limits[limit] })
  })

  test.each(['memory', 'indexeddb'] as const)('has one store for all extensions: %s', async (store) => {
    const box = await openBox({ store, subject: { id: 'user-17', limits: { storageBytes: 3000 } } })
    const [one, two] = [await install(box, 'one'), await install(box, 'two')]
    expect(await one.call('put', ['a', 'x'.repeat(2000)])).toBe('ok')
    expect(await two.call('put', ['a', 'x'.repeat(2000)])).toBe('quota-exceeded')
    expect(await one.call('put', ['a', ''])).toBe('ok')

    expect(await two.call('put', ['a', 'x'.repeat(2000)])).toBe('ok')
    expect((await box.usage()).storageBytes).toMatchObject({ kind: 'level', allowed: 3000 })
  })

  test.each([
    ['without an id', {}], ['with limits that do not add up', { id: 'a', limits: { memoryMib: 64 } }], ['with more', { id: 'a', name: 'b' }],
    ['with a limit out of range', { id: 'a', limits: { httpPerMinute: -1 } }],
  ])('%s is refused', async (_, subject) => {
    expect(await codeOf(openBox({ subject: subject as never }))).toMatch(/TypeError|RangeError/)
  })
})

describe('one that floods', () => {
  test('requests lets the request of another go next', async () => {
    const box = await openBox({ subject: { id: 'user-17', limits: { httpConcurrent: 2 } } })
    const [flood, quiet] = [await install(box, 'flood'), await install(box, 'quiet')]
    await quiet.call('use')
    let answered = 0
    const floods = Array.from({ length: 20 }, () => flood.call('status', [`${origin}/slow?ms=100`]).then(() => answered++))
    await until(() => answered > 0, 'the first answers')
    expect(await quiet.call('status', [`${origin}/status`])).toBe(200)

    expect(answered).toBeLessThan(15)
    await Promise.all(floods)
  })

  test('requests from many instances has no more of them at once than from one, and no more in all', async () => {
    const box = await openBox()
    const limits = { httpConcurrent: 2, httpPerMinute: 12, maxInstances: 4 }
    const many = await install(box, 'many', { lifetime: 'call', limits })
    await Promise.all(Array.from({ length: 4 }, () => many.call('use')))
    const mark = crypto.randomUUID()
    const seen: { readonly from: number, readonly to: number }[] = []
    const observer = new PerformanceObserver((list) => {
      const own = list.getEntries().filter(({ name }) => name.includes(mark))
      seen.push(...own.map(({ startTime, duration }) => ({ from: startTime, to: startTime + duration })))
    })
    observer.observe({ type: 'resource' })
    const codes = (await Promise.all(Array.from({ length: 4 }, () => many.call('many', [`${origin}/slow?ms=150&mark=${mark}`, 4])))).flat()
    await until(() => seen.length === 12, 'all requests')
    observer.disconnect()

    expect(codes.filter((code) => code === 200).length).toBe(12)
    expect(codes.filter((code) => code === 'rate-limit').length).toBe(4)
    const beside = seen.map(({ from }) => seen.filter((other) => other.from <= from && from < other.to).length)
    expect(Math.max(...beside)).toBe(2)
  })

  test('slow requests leaves a place for the first one of another', async () => {
    const box = await openBox({ subject: { id: 'user-17', limits: { httpConcurrent: 4 } } })
    const [flood, quiet] = [await install(box, 'flood'), await install(box, 'quiet')]
    await quiet.call('use')
    for (let n = 0; n < 8; n++) flood.call('status', [`${origin}/slow?ms=60000`]).catch(() => undefined)
    await until(async () => ((await flood.usage()).httpConcurrent?.used ?? 0) >= 2, 'what it gets')

    expect(await quiet.call('status', [`${origin}/status`], { timeoutMs: 10_000 })).toBe(200)
    expect((await flood.usage()).httpConcurrent).toMatchObject({ used: 2 })
  })

  test.each(['put', 'seal'])('the store lets the write of another go next: %s', async (write) => {
    const box = await openBox({ store: 'indexeddb' })
    const [flood, quiet] = [await install(box, 'flood'), await install(box, 'quiet')]
    await quiet.call('put', ['warm', 1])
    let written = 0
    const floods = Array.from({ length: 200 }, (_, key) => flood.call(write, [`k${key % 50}`, String(key)]).then((code) => { if (code === 'ok') written++ }))
    await until(() => written > 0, 'the first writes')
    expect(await quiet.call('put', ['a', 1])).toBe('ok')

    // In the order of their coming it would be after all 200.
    expect(written).toBeLessThan(185)
    await Promise.all(floods)
    expect(written).toBe(200)
  })
})
