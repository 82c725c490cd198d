/** Spans and metrics of a real box, read back with OpenTelemetry's own SDK. */
import * as telemetry from '@opentelemetry/api'
import { AggregationTemporality, InMemoryMetricExporter, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { BasicTracerProvider, InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Extension } from 'glovebox'
import { codeOf, openBox, pkg, uniqueName } from './box-harness.ts'
import { compileWat, fileBytes } from './core-harness.ts'
import { ask, escape } from '../hostile/escaped-harness.ts'

/** The app's current span, as a page without Zone.js can have it: within synchronous code. */
class SyncContexts implements telemetry.ContextManager {
  #active = telemetry.ROOT_CONTEXT
  active(): telemetry.Context {
    return this.#active
  }
  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(context: telemetry.Context, run: F, self?: ThisParameterType<F>, ...args: A): ReturnType<F> {
    const before = this.#active
    this.#active = context
    try {
      return run.apply(self, args)
    } finally {
      this.#active = before
    }
  }
  bind<T>(_: telemetry.Context, target: T): T {
    return target
  }
  enable(): this {
    return this
  }
  disable(): this {
    return this
  }
}

const CODE = `
  export const read = (key) => glovebox.storage.get(key)
  export const twice = async (key) => { await Promise.all([read(key), read(key)]) }
  export const spin = () => { for (;;); }
`
const wasm = (bytes: Uint8Array, manifest: Record<string, unknown>): { readonly manifest: object; readonly files: Record<string, Uint8Array> } => ({
  manifest: { id: 'com.example.wasm', name: 'Wasm', version: '1.0.0', entry: 'main.wasm', files: ['main.wasm'], ...manifest }, files: { 'main.wasm': bytes },
})
const GUESTS = {
  component: {
    pkg: async () => wasm(await fileBytes(new URL('../fixtures/values/values.wasm', import.meta.url).href), { lane: 'component' }),
    call: (extension: Extension) => extension.call('topLevel', ['x']),
  },
  core: {
    pkg: async () => wasm(await compileWat('(module (func (export "one") (result i32) (i32.const 1)))'), { lane: 'core', core: { abi: 'wasi' } }),
    call: (extension: Extension) => extension.call('one'),
  },
}
const permissions = [{ name: 'storage:read', scope: { prefixes: ['notes/'] }, reason: 'to test' }]
const SECRET = 'pl4nted-s3cret'

const loaded = (): number => performance.getEntriesByType('resource').filter(({ name }) => /\/otel/.test(name)).length

// First of the file: what one test has loaded is there for all that follow.
test('without the API nothing of it is loaded, and with it something is', async () => {
  const box = await openBox()
  await (await box.install(pkg(CODE))).call('read', ['x']).catch(() => {})
  expect(loaded()).toBe(0)
  await openBox({ telemetry })
  expect(loaded()).toBe(1)
})

describe('with the OpenTelemetry API of the app', () => {
  const spans = new InMemorySpanExporter()
  const metrics = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  let reader: PeriodicExportingMetricReader
  beforeEach(() => {
    reader = new PeriodicExportingMetricReader({ exporter: metrics, exportIntervalMillis: 1e9, exportTimeoutMillis: 1e8 })
    telemetry.context.setGlobalContextManager(new SyncContexts())
    telemetry.trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }))
    telemetry.metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }))
  })
  afterEach(() => {
    spans.reset()
    metrics.reset()
    telemetry.context.disable()
    telemetry.trace.disable()
    telemetry.metrics.disable()
  })

  const named = (name: string): readonly ReadableSpan[] => spans.getFinishedSpans().filter((span) => span.name === `glovebox.${name}`)
  const only = (name: string): ReadableSpan => {
    const [span, ...others] = named(name)
    if (span === undefined || others.length > 0) throw new Error(`There are ${others.length + (span ? 1 : 0)} spans ${name}.`)
    return span
  }
  /** Value, or count of a histogram, by attributes. */
  const points = async (name: string): Promise<readonly { readonly attributes: object; readonly value: number }[]> => {
    await reader.forceFlush()
    const all = metrics.getMetrics().at(-1)?.scopeMetrics.flatMap((scope) => scope.metrics) ?? []
    return all.filter(({ descriptor }) => descriptor.name === `glovebox.${name}`).flatMap(({ dataPoints }) => dataPoints.map(({ attributes, value }) => ({
      attributes, value: typeof value === 'number' ? value : value.count,
    })))
  }

  test('an installation, a start, calls and their capabilities are spans inside one another', async () => {
    const box = await openBox({ telemetry })
    const app = telemetry.trace.getTracer('app').startSpan('app')
    const inApp = <T>(run: () => T): T => telemetry.context.with(telemetry.trace.setSpan(telemetry.context.active(), app), run)

    const extension = await inApp(() => box.install(pkg(CODE, { permissions })))
    await inApp(() => extension.call('read', ['notes/a']))

    const parentOf = (span: ReadableSpan): string | undefined => span.parentSpanContext?.spanId
    const idOf = (span: ReadableSpan): string => span.spanContext().spanId
    expect(parentOf(only('prepare'))).toBe(app.spanContext().spanId)
    expect(parentOf(only('compile'))).toBe(idOf(only('prepare')))
    expect(parentOf(only('call'))).toBe(app.spanContext().spanId)
    expect(parentOf(only('start'))).toBe(idOf(only('call')))
    expect(parentOf(only('capability'))).toBe(idOf(only('call')))
    const common = { 'glovebox.extension': extension.id, 'glovebox.lane': 'script', 'glovebox.digest': extension.digest }
    expect(only('call').attributes).toEqual({ ...common, 'glovebox.export': 'read' })
    expect(only('capability').attributes).toEqual({ ...common, 'glovebox.method': 'storage.get' })
    for (const span of spans.getFinishedSpans()) expect(span.status.code, span.name).toBe(telemetry.SpanStatusCode.UNSET)
  })

  test('of packages that are installed at once only some are compiled at the same time: startMs is for each its own', async () => {
    const box = await openBox({ telemetry })
    const ids = Array.from({ length: 12 }, (_, index) => `com.example.at-once${index}`)
    const slow = 'export const id = (a) => { for (const b of a) if (b > 1) return [b, a.map((c) => c + 1)] }\n'
    await Promise.all(ids.map((id) => box.install(pkg(Array.from({ length: 700 }, (_, index) => slow.replace('id', `id${index}`)).join(''), { id }))))

    const at = ([seconds, nanos]: telemetry.HrTime): number => seconds * 1e3 + nanos / 1e6
    const compiles = named('compile').map(({ startTime, endTime }) => ({ from: at(startTime), to: at(endTime) }))
    const beside = compiles.map(({ from }) => compiles.filter((other) => other.from <= from && from < other.to).length)
    expect(compiles).toHaveLength(12)
    expect(Math.max(...beside)).toBeLessThanOrEqual(4)
  })

  test('a failure is an error with its code, of a guest no text', async () => {
    const box = await openBox({ telemetry })
    const extension = await box.install(pkg(`${CODE} export const fail = () => { throw new Error('${SECRET}') }`, { permissions }))

    expect(await codeOf(extension.call('fail'))).toBe('thrown')
    expect(await codeOf(extension.call('read', [`${SECRET}/key`]))).toBe('thrown')
    expect(await codeOf(extension.call('spin', [], { timeoutMs: 300 }))).toBe('deadline-exceeded')

    const failures = (name: string): readonly unknown[] => named(name).map(({ status, attributes }) => [status.code, attributes['error.type']])
    expect(failures('call')).toEqual([[2, 'thrown'], [2, 'thrown'], [2, 'deadline-exceeded']])
    expect(failures('capability')).toEqual([[2, 'permission-denied']])
    const sent = spans.getFinishedSpans().map(({ name, attributes, status, events }) => ({ name, attributes, status, events }))
    expect(JSON.stringify(sent)).not.toContain(SECRET)
    expect(await points('limit.hits')).toEqual([{ attributes: { 'glovebox.extension': extension.id, 'glovebox.lane': 'script', 'glovebox.limit': 'deadline-exceeded' }, value: 1 }])
  })

  test('of a call by another extension, a name of the manifests: never what the caller made up', async () => {
    const box = await openBox({ telemetry })
    await box.install(pkg('export const api = { ok: () => 1 }; export const named = () => 2', { id: 'com.b', provides: [{ interface: 'acme:b/api@1.0.0' }, { export: 'named' }] }))
    const scope = { extensions: ['com.b'] }
    const a = await box.install(pkg('export const go = (link, name) => glovebox.extensions.call(link, name, []).then(() => "ok", (error) => error.code)', {
      id: 'com.a', permissions: [{ name: 'extension:call', scope }],
      links: { api: { extension: 'com.b', version: '^1.0', interface: 'acme:b/api@1.0.0' }, b: { extension: 'com.b', version: '^1.0' } },
    }))
    expect(await a.call('go', ['api', SECRET])).toBe('callee-failed')
    expect(await a.call('go', ['api', 'ok'])).toBe('ok')
    expect(await a.call('go', ['b', 'named'])).toBe('ok')

    const ofCallee = named('call').filter(({ attributes }) => attributes['glovebox.extension'] === 'com.b')
    expect(ofCallee.map(({ attributes }) => attributes['glovebox.export'])).toEqual(['acme:b/api@1.0.0', 'acme:b/api@1.0.0', 'named'])
    expect(JSON.stringify(spans.getFinishedSpans().map(({ attributes }) => attributes))).not.toContain(SECRET)
  })

  test('a call that breaks the rules is the last of its instance: its span ends, and it has a row', async () => {
    const escaped = await escape({ telemetry })
    await expect(ask(escaped, ['storage.get', '{"no":"list"}'])).rejects.toMatchObject({ code: 'malformed-message' })

    expect(only('capability')).toMatchObject({ attributes: { 'glovebox.method': 'storage.get', 'error.type': 'malformed-message' } })
    const { rows } = await escaped.box.audit.query({ kind: ['capability', 'kill'] })
    expect(rows.map(({ kind, method, outcome }) => [kind, method, outcome]).sort()).toEqual([['capability', 'storage.get', 'malformed-message'], ['kill', '', 'malformed-message']])
  })

  test('a limit that was met is told by its name', async () => {
    const box = await openBox({ telemetry })
    const extension = await box.install(pkg(CODE, { permissions, limits: { capabilityCallsPerMinute: 1 } }))
    await codeOf(extension.call('twice', ['notes/a']))

    const own = { 'glovebox.extension': extension.id, 'glovebox.lane': 'script' }
    expect(await points('limit.hits')).toEqual([{ attributes: { ...own, 'glovebox.limit': 'capabilityCallsPerMinute' }, value: 1 }])
  })

  test.each(['component', 'core'] as const)('of the lane %s, compiling, a hit of the cache, a start and a call are told as well', async (lane) => {
    const name = uniqueName()
    const first = await openBox({ telemetry, store: 'indexeddb', name })
    const guest = GUESTS[lane]
    const extension = await first.install(await guest.pkg())
    await guest.call(extension)
    const own = { 'glovebox.extension': extension.id, 'glovebox.lane': lane }
    for (const kind of ['prepare', 'compile', 'start', 'call'] as const) {
      expect(named(kind).map(({ attributes, status }) => [attributes['glovebox.lane'], status.code]), kind).toEqual([[lane, telemetry.SpanStatusCode.UNSET]])
      expect(await points(`${kind}.duration`), kind).toEqual([{ attributes: own, value: 1 }])
    }
    first.dispose()
    const second = await openBox({ telemetry, store: 'indexeddb', name })
    await guest.call(second.get(extension.id))

    expect(await points('cache.lookups')).toEqual([
      { attributes: { ...own, 'glovebox.cache.hit': false }, value: 1 }, { attributes: { ...own, 'glovebox.cache.hit': true }, value: 1 },
    ])
  })

  test('what may belong to several calls is linked to them', async () => {
    const box = await openBox({ telemetry })
    const extension = await box.install(pkg(`${CODE}
      let both
      const ready = new Promise((resolve) => { both = resolve })
      export const first = async () => { await ready; await read('notes/a') }
      export const second = () => new Promise((resolve) => { both(); setTimeout(resolve, 200) })`, { permissions }))

    await Promise.all([extension.call('first'), extension.call('second')])

    expect(only('capability').links.map(({ context }) => context.spanId).sort()).toEqual(named('call').map((span) => span.spanContext().spanId).sort())
  })

  test('durations, cache hits and memory are metrics', async () => {
    const name = uniqueName()
    const first = await openBox({ telemetry, store: 'indexeddb', name })
    const extension = await first.install(pkg(CODE, { permissions }))
    await extension.call('twice', ['notes/a'])
    await codeOf(extension.call('missing'))
    const common = { 'glovebox.extension': extension.id, 'glovebox.lane': 'script' }

    expect(await points('call.duration')).toEqual([{ attributes: common, value: 1 }, { attributes: { ...common, 'error.type': 'export-missing' }, value: 1 }])
    expect(await points('capability.duration')).toEqual([{ attributes: { ...common, 'glovebox.method': 'storage.get' }, value: 2 }])
    for (const once of ['prepare', 'compile', 'start']) expect(await points(`${once}.duration`), once).toEqual([{ attributes: common, value: 1 }])
    expect(await points('cache.lookups')).toEqual([{ attributes: { ...common, 'glovebox.cache.hit': false }, value: 1 }])
    const [memory] = await points('memory')
    expect(memory?.value).toBeGreaterThan(2 ** 20)
    await first.uninstall(extension.id)
    await first.install(pkg(CODE, { permissions }))
    expect(await points('cache.lookups')).toContainEqual({ attributes: { ...common, 'glovebox.cache.hit': true }, value: 1 })
  })
})

test('what is not the API is refused', async () => {
  await expect(openBox({ telemetry: {} as never })).rejects.toThrow(TypeError)
})

