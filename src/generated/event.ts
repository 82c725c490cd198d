/** Made from wit/event.wit by `npm run generate`. Do not edit. */
import type { CallError } from './types.ts'

export interface Received {
  /** JSON. */
  readonly value: string
  /** So many before this one were dropped, since they were not read in time. */
  readonly lost: number
}

/** Events are kept for it from `listen` on, at most 256; dropping it ends that. */
export interface Listener {
  /** Waits for the next event. None after the end; fails with `permission-revoked` once the permission is gone, also for what was waiting. */
  next(): Result<Received | undefined, CallError>
}

/**
 * Named events between extensions and the app: `<extension id>/<name>`, or `host/<name>` of the app. Emitting needs the permission `event:emit`,
 * listening `event:listen`, each with the events' names.
 */
export interface Event {
  /**
   * `name` begins with the extension's own id and a slash; `value` is JSON of at most 64 KiB. Fails with `invalid-argument` where it does not fit
   * the schema that the app gave for the event.
   */
  emit(name: string, value: string): Result<undefined, CallError>

  listen(name: string): Result<Listener, CallError>
}

export type Result<T, E> = { readonly tag: 'ok'; readonly val: T } | { readonly tag: 'err'; readonly val: E }
