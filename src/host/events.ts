/** Typed events of box and extension. `event.detail` carries data only; text in it came through `cleanText`. */
import type { FixedLimitName, LimitName } from '../manifest/limits.ts'
import type { PermissionName } from '../manifest/permission.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'
export type ExtensionState = 'stopped' | 'starting' | 'running' | 'uninstalled'

export interface LogDetail {
  readonly extension: string
  readonly level: LogLevel
  /** A stranger's text, at most 8 KiB, control and direction characters escaped. Show it as text, never as HTML or a format string. */
  readonly text: string
  /** When the guest logged it, epoch ms. */
  readonly time: number
  /**
   * The call it was logged for, by the number that `extension.inspect()` shows, too; undefined outside calls. Best effort: code that waited
   * counts for the call that started what woke it (the request, the timer).
   */
  readonly call: number | undefined
  /** Where it was logged, in the author's own source where the package has a source map. A stranger's text, as `text` is. */
  readonly position: SourcePosition | undefined
}

/** Line and column from 1. */
export interface SourcePosition {
  readonly file: string
  readonly line: number
  readonly column: number
}

export interface StateDetail {
  readonly extension: string
  readonly state: ExtensionState
}

export interface LimitDetail {
  readonly extension: string
  /** The limit that was met, where it is one of `Limits`, or of those that nobody sets. */
  readonly limit: LimitName | FixedLimitName | undefined
  /** How often since the last event of this limit: a guest that runs into one in a loop causes one event a second. */
  readonly times: number
  /** A LimitError's or WireError's code. */
  readonly code: string
  readonly message: string
}

export interface PermissionDetail {
  readonly extension: string
  readonly name: PermissionName
  readonly state: 'granted' | 'denied' | 'prompt'
}

/** A use that was allowed, or an installation, that the rules in `reportOnly` would deny; the first of its kind. */
export interface ReportDetail {
  readonly extension: string
  readonly name: PermissionName
  /** As in `reported()`. */
  readonly use: string
}

export interface GloveboxEventMap {
  readonly log: CustomEvent<LogDetail>
  readonly state: CustomEvent<StateDetail>
  readonly limit: CustomEvent<LimitDetail>
  readonly permission: CustomEvent<PermissionDetail>
  readonly report: CustomEvent<ReportDetail>
}

type Listener<Name extends keyof GloveboxEventMap> = ((event: GloveboxEventMap[Name]) => void) | { handleEvent(event: GloveboxEventMap[Name]): void }

/** EventTarget whose listeners are typed by event name. */
export class GloveboxEventTarget extends EventTarget {
  override addEventListener<Name extends keyof GloveboxEventMap>(
    name: Name,
    listener: Listener<Name> | null,
    options?: boolean | AddEventListenerOptions,
  ): void {
    super.addEventListener(name, listener as EventListenerOrEventListenerObject | null, options) // the map tells which event comes
  }

  override removeEventListener<Name extends keyof GloveboxEventMap>(
    name: Name,
    listener: Listener<Name> | null,
    options?: boolean | EventListenerOptions,
  ): void {
    super.removeEventListener(name, listener as EventListenerOrEventListenerObject | null, options) // the map tells which event comes
  }
}

/** What is reported about one extension; the composition root sends it to the extension's and the box's listeners. */
export type Emit = <Name extends keyof GloveboxEventMap>(name: Name, detail: Omit<GloveboxEventMap[Name]['detail'], 'extension'>) => void
