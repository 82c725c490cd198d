/** Made from wit/data.wit by `npm run generate`. Do not edit. */
import type { CallError } from './types.ts'

export interface Page {
  /** JSON, one each. */
  readonly items: readonly string[]
  /** Where the next page begins; none after the last. */
  readonly cursor: string | undefined
}

export interface Change {
  /** JSON. */
  readonly value: string
  /** So many before this one were dropped, since they were not read in time: read the collection again. */
  readonly lost: number
}

/** Changes are kept for it from `subscribe` on, at most 256; dropping it ends that. */
export interface Changes {
  /** Waits for the next change. None when the app withdrew the collection; fails with `permission-revoked` once the permission is gone. */
  next(): Result<Change | undefined, CallError>
}

/**
 * Collections of the app's own. Reading and subscribing need the permission `data:read`, writing `data:write`, each with the collections' names.
 * What queries, items and changes are is for the app to say.
 */
export interface Data {
  /** `query` is JSON (`null` for none); at most `limit` items (1 to 1000). */
  read(collection: string, query: string, cursor: string | undefined, limit: number): Result<Page, CallError>

  /** `change` is JSON and must fit the collection's schema, else it fails with `invalid-argument`. Gives the app's answer, JSON. */
  write(collection: string, change: string): Result<string, CallError>

  subscribe(collection: string): Result<Changes, CallError>
}

export type Result<T, E> = { readonly tag: 'ok'; readonly val: T } | { readonly tag: 'err'; readonly val: E }
