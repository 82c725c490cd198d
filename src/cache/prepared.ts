/**
 * What lanes make of a package once per digest, by a key that the page computes (package digest, preparer version, options).
 * Nobody else knows the right hash of it, so it is stored beside the bytes and recomputed at every read.
 */
import { digestOf } from '../manifest/digest.ts'
import type { EntryCache } from './entries.ts'
import { parseFields } from './parse.ts'

/** Every method rejects with PackageError 'store-failed' when the database does. */
export interface PreparedStore {
  /** The bytes as they were put; undefined when absent, expired or damaged (then also dropped). */
  get(key: string): Promise<ArrayBuffer | undefined>
  /** `bytes` is copied, but must not change until this resolves. */
  put(key: string, bytes: ArrayBuffer): Promise<void>
  drop(key: string): Promise<void>
}

export function createPreparedStore(cache: EntryCache): PreparedStore {
  return {
    get: async (key) => {
      const body = await cache.get('prepared', key)
      if (body === undefined) return undefined
      const { bytes, digest } = parseFields(body) ?? {}
      if (bytes instanceof ArrayBuffer && (await digestOf(new Uint8Array(bytes))) === digest) return bytes
      await cache.drop('prepared', key)
      return undefined
    },
    put: async (key, bytes) => {
      const digest = await digestOf(new Uint8Array(bytes))
      await cache.put('prepared', key, { digest, bytes }, bytes.byteLength)
    },
    drop: (key) => cache.drop('prepared', key),
  }
}
