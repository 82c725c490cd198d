/**
 * Spans and metrics through the app's `@opentelemetry/api`. What goes out are names, codes and numbers, as in the audit log: no arguments, no
 * addresses, no text of errors. Loaded with the option `telemetry` only.
 */
import type {
  TelemetryApi, TelemetryAttributes, TelemetryCounter, TelemetryGauge, TelemetryInstrument, TelemetryLink, TelemetryResult, TelemetrySpan,
  TelemetryTracer,
} from './otel-api.ts'
import type { MemoryReading, Operation, OperationKind, OperationPlace, OperationSubject, Telemetry, TelemetryContext } from './telemetry.ts'

const SCOPE = 'glovebox'
/** SpanStatusCode.ERROR of the API. */
const ERROR = 2
/** From the 50 us of a capability to the 30 s of a call. */
const SECONDS = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30]
const KINDS: readonly OperationKind[] = ['prepare', 'compile', 'start', 'call', 'capability']

export function createTelemetry(api: TelemetryApi): Telemetry {
  return new OpenTelemetry(api)
}

class OpenTelemetry implements Telemetry {
  readonly #api: TelemetryApi
  readonly #tracer: TelemetryTracer
  readonly #durations: ReadonlyMap<OperationKind, TelemetryInstrument>
  readonly #lookups: TelemetryCounter
  readonly #limits: TelemetryCounter
  readonly #memory: TelemetryGauge

  constructor(api: TelemetryApi) {
    const meter = api.metrics.getMeter(SCOPE)
    this.#api = api
    this.#tracer = api.trace.getTracer(SCOPE)
    this.#durations = new Map(KINDS.map((kind) => [kind, meter.createHistogram(`glovebox.${kind}.duration`, {
      description: `Duration of a ${kind}; error.type where it failed`, unit: 's', advice: { explicitBucketBoundaries: SECONDS },
    })]))
    this.#lookups = meter.createCounter('glovebox.cache.lookups', { description: 'Prepared output that was looked for', unit: '{lookup}' })
    this.#limits = meter.createCounter('glovebox.limit.hits', { description: 'Limits that extensions reached', unit: '{hit}' })
    this.#memory = meter.createObservableGauge('glovebox.memory', {
      description: "Memory of an extension's instances, by their workers' own word", unit: 'By',
    })
  }

  here(): TelemetryContext {
    return this.#api.context.active()
  }

  begin(kind: OperationKind, subject: OperationSubject, { parent, links = [] }: OperationPlace = {}): Operation {
    const { context, trace } = this.#api
    const startedAt = performance.now()
    const attributes = attributesOf(subject)
    const place = parent ?? context.active()
    const span = this.#tracer.startSpan(`glovebox.${kind}`, {
      attributes: { ...attributes, ...spanAttributesOf(subject) }, links: links.flatMap((link) => linkTo(link && trace.getSpan(link))),
    }, place)
    return {
      context: trace.setSpan(place, span),
      end: (outcome) => {
        const failure: TelemetryAttributes = outcome === 'ok' ? {} : { 'error.type': outcome }
        if (outcome !== 'ok') span.setStatus({ code: ERROR, message: outcome })
        span.setAttributes(failure)
        span.end()
        this.#durations.get(kind)?.record((performance.now() - startedAt) / 1000, { ...attributes, ...failure })
      },
    }
  }

  looked(subject: OperationSubject, isHit: boolean): void {
    this.#lookups.add(1, { ...attributesOf(subject), 'glovebox.cache.hit': isHit })
  }

  limit(subject: OperationSubject, code: string): void {
    this.#limits.add(1, { ...attributesOf(subject), 'glovebox.limit': code })
  }

  observeMemory(read: () => Promise<readonly (MemoryReading | undefined)[]>): () => void {
    const callback = async (result: TelemetryResult): Promise<void> => {
      for (const reading of await read()) if (reading) result.observe(reading.bytes, { 'glovebox.extension': reading.extension })
    }
    this.#memory.addCallback(callback)
    return () => this.#memory.removeCallback(callback)
  }
}

function attributesOf({ extension, lane, method }: OperationSubject): TelemetryAttributes {
  return { 'glovebox.extension': extension, 'glovebox.lane': lane, ...(method === undefined ? {} : { 'glovebox.method': method }) }
}

function spanAttributesOf({ digest, name }: OperationSubject): TelemetryAttributes {
  return { 'glovebox.digest': digest, ...(name === undefined ? {} : { 'glovebox.export': name }) }
}

function linkTo(span: TelemetrySpan | undefined): TelemetryLink[] {
  return span === undefined ? [] : [{ context: span.spanContext() }]
}
