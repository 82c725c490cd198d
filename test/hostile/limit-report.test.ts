/**
 * Whatever limit a guest meets: an error for the guest (or the app that called it), an event for the host, a row in the audit log, and a box
 * that goes on. Not here, because no test can meet them: limits behind the browser's own choosers (file, serial device, clipboard), which need a
 * person; `idleMs` and `maxInstances`, which are no errors; the number of secrets, which a
 * manifest cannot name more of; those on preparing a package, which are the outcome of `install`. The chain of links is in links.test.ts,
 * `fileBytes` in component-services.test.ts.
 */
import type { Extension, Glovebox, GloveboxOptions, LimitDetail, Limits } from 'glovebox'
import { describe, expect, inject, test } from 'vitest'
import { codeOf, limitsOf, openBox, pkg, until } from '../browser/box-harness.ts'

const { origin } = inject('server')

const may = (name: string, scope?: unknown): unknown => ({ name, reason: 'to test', ...(scope === undefined ? {} : { scope }) })
const PERMISSIONS = [
  may('http:read', { origins: [origin] }), may('http:write', { origins: [origin] }),
  may('storage:read', { prefixes: [''] }), may('storage:write', { prefixes: [''] }),
  may('event:emit', { events: ['com.example.test/x'] }), may('event:listen', { events: ['host/tick'] }), may('notification:show'),
]

/** `meet` gives the code that the guest got. */
const CODE = `
  const code = (work) => new Promise((resolve) => resolve(work())).then(() => 'ok', (error) => error.code ?? error.message)
  const last = async (count, work) => { let told; for (let i = 0; i < count; i++) told = await code(() => work(i)); return told }
  const worst = async (count, work) => (await Promise.all(Array.from({ length: count }, (_, i) => code(() => work(i))))).find((told) => told !== 'ok')
  const big = (bytes) => 'x'.repeat(bytes)
  const ORIGIN = '${origin}'
  export const alive = () => 'alive'
  export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
  export const loop = () => { for (;;); }
  export const loopLater = () => { setTimeout(() => { for (;;); }, 0) }
  export const give = (bytes) => big(bytes)
  export const fill = () => { const kept = []; for (;;) kept.push(new Uint8Array(2 ** 20).fill(1)) }
`

interface Row {
  /** Body of the export `meet`. */
  readonly meet?: string
  /** In place of `meet`: what the app does. */
  readonly app?: (extension: Extension) => Promise<unknown>
  readonly limits?: Partial<Limits>
  /** What the guest, or the app, is told. */
  readonly code: string
  /** What the host is told; the code where it is the same. */
  readonly host?: string
  readonly limit?: LimitDetail['limit']
  readonly options?: Partial<GloveboxOptions>
  readonly manifest?: Record<string, unknown>
}

const ROWS: Readonly<Record<string, Row>> = {
  'calls of capabilities': {
    meet: "last(6, () => glovebox.permissions.query('http:read'))",
    limits: { capabilityCallsPerMinute: 5 }, code: 'rate-limit', limit: 'capabilityCallsPerMinute',
  },
  'requests': { meet: "last(3, () => fetch(ORIGIN + '/status'))", limits: { httpPerMinute: 2 }, code: 'rate-limit', limit: 'httpPerMinute' },
  'requests at the same time': {
    meet: "last(1, () => fetch(ORIGIN + '/status'))",
    limits: { httpConcurrent: 0 }, code: 'rate-limit', limit: 'httpConcurrent',
  },
  'bytes received': {
    meet: "last(1, async () => (await fetch(ORIGIN + '/bytes?n=50000')).text())",
    limits: { httpBytesPerMinute: 10_000 }, code: 'rate-limit', limit: 'httpBytesPerMinute',
  },
  'bytes sent': {
    meet: "last(1, () => fetch(ORIGIN + '/status', { method: 'POST', body: big(20000) }))",
    limits: { httpSentBytesPerMinute: 10_000 }, code: 'rate-limit', limit: 'httpSentBytesPerMinute',
  },
  "a response's body": {
    meet: "last(1, async () => (await fetch(ORIGIN + '/bytes?n=50000')).text())",
    limits: { httpBodyBytes: 10_000 }, code: 'body-too-large', limit: 'httpBodyBytes',
  },
  "a request's body": {
    meet: "last(1, () => fetch(ORIGIN + '/status', { method: 'POST', body: big(20000) }))",
    limits: { httpBodyBytes: 10_000 }, code: 'body-too-large', limit: 'httpBodyBytes',
  },
  'the time of an exchange': {
    meet: "last(1, async () => (await fetch(ORIGIN + '/slow?ms=5000')).text())",
    limits: { httpMs: 200 }, code: 'deadline-exceeded', limit: 'httpMs',
  },
  'storage': {
    meet: "last(1, () => glovebox.storage.set('a', big(5000)))",
    limits: { storageBytes: 1000 }, code: 'quota-exceeded', limit: 'storageBytes',
  },
  'events': {
    meet: "last(3, () => glovebox.events.emit('com.example.test/x', 1))",
    limits: { eventsPerSecond: 2 }, code: 'rate-limit', limit: 'eventsPerSecond',
  },
  'the size of an event': { meet: "last(1, () => glovebox.events.emit('com.example.test/x', big(300000)))", code: 'message-too-large' },
  'subscriptions': { meet: "last(65, () => glovebox.events.listen('host/tick', () => {}))", code: 'too-many-handles', limit: 'subscriptions' },
  'notifications': { meet: "last(40, () => glovebox.notifications.show({ title: 'x' }))", code: 'rate-limit', limit: 'notificationsPerMinute' },
  'lines of log': {
    meet: "(console.log(big(5000)), last(1, () => { throw { code: 'lost' } }))",
    limits: { logBytesPerSecond: 1000 }, code: 'lost', host: 'rate-limit', limit: 'logBytesPerSecond',
  },
  'timers': { meet: 'last(3, () => { setTimeout(() => {}, 10000) })', limits: { timers: 2 }, code: 'too-many-handles', limit: 'timers' },
  'objects': {
    meet: "(globalThis.kept = [], last(9, () => { const decoder = new TextDecoder('shift_jis'); kept.push(decoder); decoder.decode(new Uint8Array([0x81]), { stream: true }) }))",
    limits: { handles: 4 }, code: 'too-many-handles', limit: 'handles',
  },
  'answers that are waited for': {
    meet: "worst(4, () => fetch(ORIGIN + '/slow?ms=300'))",
    limits: { pendingCapabilityCalls: 2 }, code: 'queue-full', limit: 'pendingCapabilityCalls',
  },
  'the size of arguments': {
    meet: "last(1, () => glovebox.storage.set('a', big(5000)))",
    limits: { messageBytes: 2000 }, code: 'message-too-large', limit: 'messageBytes',
  },
  'the size of arguments that are no value': { meet: "last(1, () => glovebox.storage.get(big(600000)))", code: 'message-too-large' },
  'memory, and goes on': {
    meet: "last(1, () => { try { const kept = []; for (;;) kept.push(new Uint8Array(2 ** 20).fill(1)) } catch (error) { throw { code: error.message } } })",
    limits: { memoryMib: 16 }, code: 'out of memory', host: 'memory-exceeded', limit: 'memoryMib',
  },
  'memory': { app: (extension) => extension.call('fill'), limits: { memoryMib: 16 }, code: 'memory-exceeded', limit: 'memoryMib' },
  'the size of a result': {
    app: (extension) => extension.call('give', [5000]),
    limits: { messageBytes: 2000 }, code: 'message-too-large', limit: 'messageBytes',
  },
  'the time of a call': { app: (extension) => extension.call('sleep', [10_000]), limits: { callMs: 200 }, code: 'deadline-exceeded', limit: 'callMs' },
  'the time of a call, in a loop': { app: (extension) => extension.call('loop'), limits: { callMs: 200 }, code: 'deadline-exceeded', limit: 'callMs' },
  'the time of a turn': { meet: "(loopLater(), 'later')", limits: { turnMs: 200 }, code: 'later', host: 'turn-exceeded', limit: 'turnMs' },
  'the time of a start': {
    app: (extension) => extension.call('alive'),
    limits: { startMs: 300 }, manifest: { id: 'com.example.slow' }, code: 'deadline-exceeded', limit: 'startMs',
  },
  'the time of a start, without a call': {
    app: (extension) => extension.start(),
    limits: { startMs: 300 }, manifest: { id: 'com.example.slow' }, code: 'deadline-exceeded', limit: 'startMs',
  },
  'computing': {
    app: async (extension) => { await codeOf(extension.call('loop', [], { timeoutMs: 300 })); await extension.call('alive') },
    limits: { cpuMsPerMinute: 100 }, code: 'rate-limit', limit: 'cpuMsPerMinute',
  },
  'calls in the queue': {
    app: (extension) => Promise.all([extension.call('sleep', [500]), extension.call('alive'), extension.call('alive')]),
    limits: { queuedCalls: 1 }, manifest: { lifetime: 'call' }, code: 'queue-full', limit: 'queuedCalls',
  },
  'prompts': {
    meet: "last(2, (i) => (i === 0 ? fetch(ORIGIN + '/status') : fetch(ORIGIN + '/status', { method: 'POST' })))", limits: { promptsPerMinute: 1 },
    manifest: { permissions: [], optionalPermissions: PERMISSIONS }, code: 'permission-denied', host: 'rate-limit', limit: 'promptsPerMinute',
  },
  'prompts that nobody answers': {
    meet: "last(4, () => fetch(ORIGIN + '/status'))", options: { prompt: async () => [] },
    manifest: { permissions: [], optionalPermissions: PERMISSIONS }, code: 'permission-denied', host: 'rate-limit',
  },
}

test.each(Object.entries(ROWS))('%s', async (_name, row) => {
  const { meet = "'nothing'", app, limits = {}, code, host = code, limit, options = {}, manifest = {} } = row
  const box = await openBox({ ...options, limits })
  const told = limitsOf(box)
  const slow = manifest['id'] === 'com.example.slow' ? 'for (const end = Date.now() + 60000; Date.now() < end;);' : ''
  const extension = await box.install(pkg(`${CODE} export const meet = () => ${meet}\n${slow}`, { permissions: PERMISSIONS, limits, ...manifest }))

  expect(await (app === undefined ? extension.call('meet') : codeOf(app(extension)))).toBe(code)

  const isTold = (): boolean => told.some((one) => one.code === host && one.limit === limit && one.extension === extension.id)
  await until(isTold, `an event of ${host}, got ${JSON.stringify(told)}`)
  const { rows } = await box.audit.query({ kind: 'limit' })
  expect(rows.map(({ outcome, facts }) => [outcome, facts?.['limit']])).toContainEqual([host, limit])
})

test('workers that had to be ended, and are not started for now', async () => {
  const box = await openBox()
  const told = limitsOf(box)
  const extension = await box.install(pkg('export const burn = () => [].indexOf.call({ length: 5e7 }, 1)'))
  for (let n = 0; n < 3; n++) expect(await codeOf(extension.call('burn', [], { timeoutMs: 100 }))).toBe('deadline-exceeded')

  expect(await codeOf(extension.start())).toBe('restart-limit')

  expect(told).toContainEqual(expect.objectContaining({ code: 'restart-limit' }))
  expect((await box.audit.query({ kind: 'limit', outcome: 'restart-limit' })).rows).toHaveLength(1)
})

test('oversized arguments in a loop are an event a second', async () => {
  const box = await openBox()
  const told = limitsOf(box)
  const code = `${CODE} export const meet = () => last(200, () => glovebox.storage.get(big(600000)))`
  const extension = await box.install(pkg(code, { permissions: PERMISSIONS }))
  const startedAt = performance.now()

  expect(await extension.call('meet')).toBe('message-too-large')

  expect(told.length).toBeGreaterThan(0)
  expect(told.length).toBeLessThanOrEqual((performance.now() - startedAt) / 1000 + 1)
})

describe('a limit that is met in a burst', () => {
  const burst = (box: Glovebox): Promise<Extension> => box.install(pkg(`${CODE}
    export const meet = async (length = 300) => (await Promise.all(Array.from({ length }, () => code(() => glovebox.events.emit('com.example.test/x', 1))))).filter((told) => told !== 'ok').length`,
  { permissions: PERMISSIONS, limits: { eventsPerSecond: 5 } }))
  const rowsOf = async (box: Glovebox): Promise<readonly number[]> => (await box.audit.query({ kind: 'limit' })).rows.map(({ facts }) => Number(facts?.['times']))
  const sum = (all: readonly number[]): number => all.reduce((one, other) => one + other, 0)

  test('is told in full within about a second, in few reports', async () => {
    const box = await openBox({ limits: { eventsPerSecond: 5 } })
    const told = limitsOf(box)
    const refused = Number(await (await burst(box)).call('meet'))
    expect(refused).toBeGreaterThan(200)
    await until(() => sum(told.map(({ times }) => times)) === refused, 'the rest to be told')
    expect(told.length).toBeLessThan(8)
    expect(sum(await rowsOf(box))).toBe(refused)
  })

  test('is told in full when the extension ends', async () => {
    const box = await openBox({ limits: { eventsPerSecond: 5 } })
    const refused = Number(await (await burst(box)).call('meet', [200]))
    await box.uninstall('com.example.test')
    expect(sum(await rowsOf(box))).toBe(refused)
  })
})
