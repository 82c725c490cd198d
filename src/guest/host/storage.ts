/** glovebox:host/storage. */
import type * as Wit from '../../generated/storage.ts'
import { andThen, type MaybePromise } from '../wait/maybe.ts'
import type { WasiContext } from '../wasi/context.ts'
import { readEntry } from '../wasi/storage-entry.ts'
import { callError, callHost, type Imported } from './call-host.ts'

const MAX_VERSION = BigInt(Number.MAX_SAFE_INTEGER)

export function createStorage({ outward }: WasiContext): Imported<Wit.Storage> {
  const call = (method: string, args: readonly unknown[]): MaybePromise<unknown> => callHost(outward, method, args)
  return {
    get: (key) => andThen(call('storage.get', [key]), (answer) => {
      const entry = readEntry(answer)
      if (entry === undefined) throw callError('store-failed', 'The value was not written as bytes.')
      return entry.bytes === undefined ? undefined : { value: entry.bytes, version: BigInt(entry.version) }
    }),
    set: (key, value, ifVersion) => andThen(call('storage.set', [key, value, versionOption(ifVersion)]), (version) => BigInt(Number(version))),
    delete: (key, ifVersion) => andThen(call('storage.delete', [key, versionOption(ifVersion)]), (wasThere) => wasThere === true),
    list: (prefix, cursor, limit) => andThen(call('storage.list', [{ prefix, cursor: cursor ?? null, limit }]), (page) => {
      const { keys, cursor: next } = Object(page) as { readonly keys?: unknown, readonly cursor?: unknown } // read as unknown
      return { keys: Array.isArray(keys) ? keys.map(String) : [], cursor: typeof next === 'string' ? next : undefined }
    }),
  }
}

function versionOption(ifVersion: bigint | undefined): { readonly ifVersion?: number } {
  if (ifVersion === undefined) return {}
  if (ifVersion > MAX_VERSION) throw callError('version-conflict', 'No key has that version.')
  return { ifVersion: Number(ifVersion) }
}
