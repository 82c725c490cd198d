/**
 * The part of `@opentelemetry/api` (1.x) that is used. The app passes the module that it imported: whether there is one, and which copy, is
 * not for a library to find out. The types are written down here, so that an app without it needs no types of it either.
 */

export type TelemetryAttributes = Record<string, string | number | boolean>

export interface TelemetrySpanContext {
  readonly traceId: string
  readonly spanId: string
  readonly traceFlags: number
}

export interface TelemetrySpan {
  setStatus(status: { readonly code: number; readonly message?: string }): unknown
  setAttributes(attributes: TelemetryAttributes): unknown
  spanContext(): TelemetrySpanContext
  end(): void
}

export interface TelemetryLink {
  readonly context: TelemetrySpanContext
}

export interface TelemetrySpanOptions {
  readonly attributes?: TelemetryAttributes
  readonly links?: TelemetryLink[]
}

export interface TelemetryTracer {
  startSpan(name: string, options: TelemetrySpanOptions, context?: object): TelemetrySpan
}

export interface TelemetryInstrument {
  record(value: number, attributes: TelemetryAttributes): void
}

export interface TelemetryCounter {
  add(value: number, attributes: TelemetryAttributes): void
}

export interface TelemetryResult {
  observe(value: number, attributes: TelemetryAttributes): void
}

export interface TelemetryGauge {
  addCallback(callback: (result: TelemetryResult) => void | Promise<void>): void
  removeCallback(callback: (result: TelemetryResult) => void | Promise<void>): void
}

export interface TelemetryMetricOptions {
  readonly description?: string
  readonly unit?: string
  readonly advice?: { readonly explicitBucketBoundaries?: number[] }
}

export interface TelemetryMeter {
  createHistogram(name: string, options: TelemetryMetricOptions): TelemetryInstrument
  createCounter(name: string, options: TelemetryMetricOptions): TelemetryCounter
  createObservableGauge(name: string, options: TelemetryMetricOptions): TelemetryGauge
}

/** `import * as telemetry from '@opentelemetry/api'` */
export interface TelemetryApi {
  readonly trace: {
    getTracer(name: string): TelemetryTracer
    setSpan(context: object, span: TelemetrySpan): object
    getSpan(context: object): TelemetrySpan | undefined
  }
  readonly metrics: { getMeter(name: string): TelemetryMeter }
  readonly context: { active(): object }
}
