/** `glovebox.storage` and `glovebox.permissions`: thin promises over the host's capabilities; arguments are checked here and again there. */
import type { Bridge, CreateGlobals } from '../bridge.ts'
import { perBridge, toDictionary } from './web-idl.ts'

const MAX_LIST = 1000

export const gloveboxOf: (bridge: Bridge) => object = perBridge((bridge) => {
  const storage = {
    /** The value, or undefined; with `{version: true}`, `{value, version}` or undefined. */
    async get(key: unknown, options?: unknown): Promise<unknown> {
      const { version } = toDictionary(options, 'storage.get')
      const entry = await bridge.capability('storage.get', [toKey(key, 'storage.get')])
      if (entry === undefined || entry === null) return undefined
      const stored = toDictionary(entry, 'storage.get')
      return version ? { value: stored['value'], version: stored['version'] } : stored['value']
    },
    /** Resolves with the new version. Rejects with code 'version-conflict' or 'quota-exceeded'. */
    async set(key: unknown, value: unknown, options?: unknown): Promise<unknown> {
      return bridge.capability('storage.set', [toKey(key, 'storage.set'), value, { ifVersion: toVersion(options, 'storage.set') }])
    },
    /** Resolves with true when there was something to delete. */
    async delete(key: unknown, options?: unknown): Promise<unknown> {
      return bridge.capability('storage.delete', [toKey(key, 'storage.delete'), { ifVersion: toVersion(options, 'storage.delete') }])
    },
    /** Keys in order, a page at a time: `{keys, cursor}`, cursor null after the last page. */
    async list(options?: unknown): Promise<unknown> {
      const { prefix = '', cursor = null, limit = MAX_LIST } = toDictionary(options, 'storage.list')
      if (typeof limit !== 'number' || !(limit >= 1 && limit <= MAX_LIST)) throw new RangeError(`storage.list: limit must be 1 to ${MAX_LIST}`)
      if (cursor !== null && typeof cursor !== 'string') throw new TypeError('storage.list: cursor must be a string or null')
      return bridge.capability('storage.list', [{ prefix: toKey(prefix, 'storage.list'), cursor, limit: Math.floor(limit) }])
    },
  }
  const permissions = {
    /** 'granted', 'denied' or 'prompt'. */
    async query(name: unknown): Promise<unknown> {
      return bridge.capability('permission.query', [toKey(name, 'permissions.query')])
    },
    /** Asks the user where the state is 'prompt'. */
    async request(name: unknown): Promise<unknown> {
      return bridge.capability('permission.request', [toKey(name, 'permissions.request')])
    },
  }
  return Object.freeze({ storage: Object.freeze(storage), permissions: Object.freeze(permissions) })
})

export const createGloveboxGlobals: CreateGlobals = (bridge) => ({ glovebox: gloveboxOf(bridge) })

function toKey(value: unknown, where: string): string {
  if (typeof value !== 'string') throw new TypeError(`${where}: a string is required`)
  return value
}

function toVersion(options: unknown, where: string): number | null {
  const { ifVersion = null } = toDictionary(options, where)
  if (ifVersion !== null && typeof ifVersion !== 'number') throw new TypeError(`${where}: ifVersion must be a number`)
  return ifVersion
}
