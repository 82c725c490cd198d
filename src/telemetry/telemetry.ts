/**
 * What is measured, for those who have something to measure. Nothing of OpenTelemetry is here: without the option `telemetry` a box
 * measures nothing and loads nothing.
 */

/** One span and one duration. */
export type OperationKind = 'prepare' | 'compile' | 'start' | 'call' | 'capability'

/** Where a span belongs; what it is only otel.ts knows. */
export type TelemetryContext = object | undefined

export interface Operation {
  /** For operations inside. */
  readonly context: TelemetryContext
  /** `ok`, or a code of an error. Once. */
  end(outcome: string): void
}

/** Whose it is. Names and codes only; on a span there may be more than on a metric, which is counted for each combination. */
export interface OperationSubject {
  readonly extension: string
  readonly lane: string
  /** Spans only. */
  readonly digest: string
  /** A capability's wire name. */
  readonly method?: string
  /** An export's name; spans only. */
  readonly name?: string
}

export interface OperationPlace {
  /** Default: where the app is now. */
  readonly parent?: TelemetryContext
  /** Several that it may belong to. */
  readonly links?: readonly TelemetryContext[]
}

export interface MemoryReading {
  readonly extension: string
  readonly bytes: number
}

export interface Telemetry {
  /** The app's current span, to be kept over an await. */
  here(): TelemetryContext
  begin(kind: OperationKind, subject: OperationSubject, place?: OperationPlace): Operation
  /** Prepared output was looked for. */
  looked(subject: OperationSubject, isHit: boolean): void
  limit(subject: OperationSubject, code: string): void
  /** `read` is asked whenever metrics are collected; the result ends that. */
  observeMemory(read: () => Promise<readonly (MemoryReading | undefined)[]>): () => void
}

const NO_OPERATION: Operation = Object.freeze({ context: undefined, end: () => {} })

export const NO_TELEMETRY: Telemetry = Object.freeze({
  here: () => undefined,
  begin: () => NO_OPERATION,
  looked: () => {},
  limit: () => {},
  observeMemory: () => () => {},
})
