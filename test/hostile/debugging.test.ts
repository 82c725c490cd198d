/** What a worker says of itself and of its guest (log lines, places, calls, statistics) when the engine has been broken: parsed, or its end. */
import { expect, test } from 'vitest'
import { limitsOf, logsOf, openBox, pkg, until } from '../browser/box-harness.ts'
import { escape } from './escaped-harness.ts'

const line = (...fields: readonly unknown[]): string => JSON.stringify(fields)

test.each([
  ['a call that never was', line('info', 'x', 0, 0, 99, null)],
  ['a call of no number', line('info', 'x', 0, 0, { valueOf: 1 }, null)],
  ['a place without end', line('info', 'x', 0, 0, 1, ['a'.repeat(100_000), 1, 1])],
  ['a place that is an object', line('info', 'x', 0, 0, 1, { file: 'a', line: 1, column: 1 })],
  ['a negative line', line('info', 'x', 0, 0, 1, ['a', -1, 1])],
  ['a time that is no number', line('info', 'x', 0, 'now', 1, null)],
  ['fields left out', line('info', 'x', 0)],
  ['a line that is no list', '{"0":"info","1":"x","2":0,"3":0,"4":null,"5":null}'],
])('a log line with %s ends the instance', async (_name, text) => {
  const { extension, attack } = await escape()
  const limits = limitsOf(extension)
  const lines = logsOf(extension)

  attack('wire log lines', text).catch(() => {}) // its reply may come before the breach is seen
  await until(() => limits.length > 0, 'the breach to be noticed')

  expect([limits[0]?.code, lines]).toEqual(['malformed-message', []])
  expect(await extension.call('ok')).toBe(1)
})

test('a log line of good form is data: cleaned texts, a time of this run', async () => {
  const { extension, attack } = await escape()
  const lines = logsOf(extension)
  const before = Date.now()

  const place = ['../x\u0000\u202e.ts\nat trusted (app.ts', 7, 8]
  await attack('wire log lines', line('error', 'a\u202eb', 0, -1e300, 1, place), line('error', 'c', 0, 1e300, null, null))
  await until(() => lines.length === 2, 'both lines')

  expect(lines).toMatchObject([
    { level: 'error', text: 'a\\u202eb', call: 1, position: { file: '../x\\u0000\\u202e.ts\\u000aat trusted (app.ts', line: 7, column: 8 } },
    { level: 'error', text: 'c', call: undefined, position: undefined },
  ])
  expect(lines.every(({ time }) => time > before - 60_000 && time <= Date.now())).toBe(true)
})

test.each([
  ['nothing', undefined],
  ['a text', 'idle'],
  ['negative numbers', { memoryBytes: -1, timers: 0, pendingCapabilityCalls: 0, pendingOperations: 0, streams: 0, handles: 0 }],
  ['numbers that are texts', { memoryBytes: '1', timers: 0, pendingCapabilityCalls: 0, pendingOperations: 0, streams: 0, handles: 0 }],
  ['fractions', { memoryBytes: 1, timers: 0.5, pendingCapabilityCalls: 0, pendingOperations: 0, streams: 0, handles: 0 }],
  ['no numbers', { memoryBytes: NaN, timers: Infinity, pendingCapabilityCalls: 0, pendingOperations: 0, streams: 0, handles: 0 }],
])('statistics of %s end the instance, and inspect tells of none', async (_name, answer) => {
  const { extension, attack } = await escape()
  const limits = limitsOf(extension)
  await attack('forge stats', answer)

  expect((await extension.inspect()).instances).toEqual([])
  await expect.poll(() => limits).toMatchObject([{ code: 'malformed-message' }]) // told when its row is on the disk
  expect(await extension.call('ok')).toBe(1)
})

test('statistics with more than was asked for bring nothing along', async () => {
  const { extension, attack } = await escape()
  await attack('forge stats', { memoryBytes: 1, timers: 2, pendingCapabilityCalls: 3, pendingOperations: 4, streams: 5, handles: 6, isBusy: 'x', pendingCalls: ['y'], constructor: 1, extra: 1 })

  const [instance] = (await extension.inspect()).instances

  expect(Object.keys(instance ?? {}).filter((key) => ['constructor', 'extra'].includes(key))).toEqual([])
  expect(instance).toMatchObject({ isBusy: false, memoryBytes: 1, timers: 2, pendingCalls: [] })
})

test('a thousand files with maps at the edge of every limit cost their own worker its time, and nobody else', async () => {
  const map = JSON.stringify({ version: 3, sources: ['s.ts'], names: [], mappings: 'AAAA,'.repeat(60_000) })
  const comment = `//# sourceMappingURL=data:application/json,${map.replaceAll('"', '%22')}`
  const names = Array.from({ length: 100 }, (_, index) => `f${index}.js`)
  const files = Object.fromEntries(names.map((name) => [name, `export const f = () => { throw new Error('x') }\n${comment}`]))
  const code = `${names.map((name, index) => `import { f as f${index} } from './${name}'`).join('\n')}
    export const all = () => [${names.map((_, index) => `f${index}`).join()}].map((f) => { try { f() } catch (error) { console.error(error) } }).length`
  const box = await openBox()
  const extension = await box.install(pkg(code, { limits: { callMs: 30_000 } }, files))
  const other = await box.install(pkg('export const ok = () => 1', { id: 'com.example.other' }))
  await other.start()
  const lines = logsOf(extension)

  const mapping = extension.call('all').catch((error: unknown) => error)
  expect(await other.call('ok')).toBe(1)
  expect(await mapping).toBe(100)

  expect(lines.filter(({ text }) => text.includes('s.ts')).length).toBeGreaterThan(0)
  expect(lines.filter(({ text }) => text.includes('s.ts')).length).toBeLessThan(30)
})
