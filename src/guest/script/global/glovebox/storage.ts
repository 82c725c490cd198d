/** `glovebox.storage`: thin promises over the host's capability; arguments are checked here and again there. */
import type { Bridge } from '../../bridge.ts'
import { toDictionary } from '../web-idl.ts'
import { toText } from './argument.ts'

const MAX_LIST = 1000

export function createStorageArea(bridge: Bridge): object {
  return {
    /** The value, or undefined; with `{version: true}`, `{value, version}` or undefined. */
    async get(key: unknown, options?: unknown): Promise<unknown> {
      const { version } = toDictionary(options, 'storage.get')
      const entry = await bridge.capability('storage.get', [toText(key, 'storage.get')])
      if (entry === undefined || entry === null) return undefined
      const stored = toDictionary(entry, 'storage.get')
      return version ? { value: stored['value'], version: stored['version'] } : stored['value']
    },
    /** Resolves with the new version. Rejects with code 'version-conflict' or 'quota-exceeded'. */
    async set(key: unknown, value: unknown, options?: unknown): Promise<unknown> {
      return bridge.capability('storage.set', [toText(key, 'storage.set'), value, { ifVersion: toVersion(options, 'storage.set') }])
    },
    /** Resolves with true when there was something to delete. */
    async delete(key: unknown, options?: unknown): Promise<unknown> {
      return bridge.capability('storage.delete', [toText(key, 'storage.delete'), { ifVersion: toVersion(options, 'storage.delete') }])
    },
    /** Keys in order, a page at a time: `{keys, cursor}`, cursor null after the last page. */
    async list(options?: unknown): Promise<unknown> {
      const { prefix = '', cursor = null, limit = MAX_LIST } = toDictionary(options, 'storage.list')
      if (typeof limit !== 'number' || !(limit >= 1 && limit <= MAX_LIST)) throw new RangeError(`storage.list: limit must be 1 to ${MAX_LIST}`)
      if (cursor !== null && typeof cursor !== 'string') throw new TypeError('storage.list: cursor must be a string or null')
      return bridge.capability('storage.list', [{ prefix: toText(prefix, 'storage.list'), cursor, limit: Math.floor(limit) }])
    },
  }
}

function toVersion(options: unknown, where: string): number | null {
  const { ifVersion = null } = toDictionary(options, where)
  if (ifVersion !== null && typeof ifVersion !== 'number') throw new TypeError(`${where}: ifVersion must be a number`)
  return ifVersion
}
