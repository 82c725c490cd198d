/**
 * wasi:keyvalue 0.2 (draft 2), on the extension's own storage: https://github.com/WebAssembly/wasi-keyvalue
 * There is one bucket, `default` (or the empty name); its keys are the storage's.
 */
import { CapabilityFailure } from '../outward.ts'
import { attempt, andThen, type MaybePromise } from '../wait/maybe.ts'
import type { WasiContext } from './context.ts'
import { Resource } from './resource.ts'
import { readEntry, type StorageEntry } from './storage-entry.ts'
import { WitError } from './wit-error.ts'

const BUCKETS: readonly string[] = ['', 'default']
const LIST_LIMIT = 1000
const DENIED: readonly string[] = ['permission-denied', 'permission-revoked', 'permission-unknown']

interface KeyResponse {
  readonly keys: readonly string[]
  readonly cursor: string | undefined
}

export class Bucket extends Resource {
  readonly #outward: WasiContext['outward']

  constructor({ resources, outward }: WasiContext) {
    super(resources)
    this.#outward = outward
  }

  get(key: string): MaybePromise<Uint8Array | undefined> {
    return andThen(this.read(key), ({ bytes }) => bytes)
  }

  set(key: string, value: Uint8Array): MaybePromise<void> {
    return andThen(this.call('storage.set', [key, value, {}]), () => undefined)
  }

  delete(key: string): MaybePromise<void> {
    return andThen(this.call('storage.delete', [key, {}]), () => undefined)
  }

  exists(key: string): MaybePromise<boolean> {
    return andThen(this.read(key), ({ version }) => version > 0)
  }

  listKeys(cursor: string | undefined): MaybePromise<KeyResponse> {
    return andThen(this.call('storage.list', [{ prefix: '', cursor: cursor ?? null, limit: LIST_LIMIT }]), (page) => {
      const { keys, cursor: next } = Object(page) as { readonly keys?: unknown, readonly cursor?: unknown } // read as unknown
      return { keys: Array.isArray(keys) ? keys.map(String) : [], cursor: typeof next === 'string' ? next : undefined }
    })
  }

  /** What is there, with its version; version 0 where nothing is. */
  read(key: string): MaybePromise<StorageEntry> {
    return andThen(this.call('storage.get', [key]), (answer) => {
      const entry = readEntry(answer)
      if (entry === undefined) throw other('The value was not written as bytes.')
      return entry
    })
  }

  /** False when it had another version. */
  replace(key: string, value: Uint8Array, ifVersion: number): MaybePromise<boolean> {
    const set = (): MaybePromise<unknown> => this.#outward.capability('storage.set', [key, value, { ifVersion }])
    return attempt(set, () => true, (error) => {
      if (error instanceof CapabilityFailure && error.code === 'version-conflict') return false
      throw toError(error)
    })
  }

  call(method: string, args: readonly unknown[]): MaybePromise<unknown> {
    return attempt(() => this.#outward.capability(method, args), (value) => value, (error) => {
      throw toError(error)
    })
  }
}

export function openBucket(context: WasiContext, identifier: string): Bucket {
  if (!BUCKETS.includes(identifier)) throw new WitError({ tag: 'no-such-store' })
  return new Bucket(context)
}

export function other(message: string): WitError {
  return new WitError({ tag: 'other', val: message })
}

function toError(error: unknown): unknown {
  if (!(error instanceof CapabilityFailure)) return error
  return DENIED.includes(error.code) ? new WitError({ tag: 'access-denied' }) : other(`${error.code}: ${error.message}`)
}
