/** glovebox's own interfaces (wit/) as imports of a component: the same capability calls that every lane makes. */
import type * as LogWit from '../../generated/log.ts'
import type * as PermissionWit from '../../generated/permission.ts'
import type * as StorageWit from '../../generated/storage.ts'
import type { CallError, ErrorCode } from '../../generated/types.ts'
import { CapabilityFailure } from '../outward.ts'
import { attempt, andThen, type MaybePromise } from '../wait/maybe.ts'
import type { ImportTable, WasiContext } from './context.ts'
import { readEntry } from './storage-entry.ts'
import { WitError } from './wit-error.ts'

/** The enum of wit/types.wit: the glue takes no other word. */
const CODES: ReadonlySet<string> = new Set<ErrorCode>([
  'invalid-argument', 'permission-denied', 'permission-revoked', 'permission-unknown', 'network-failed', 'redirect-refused', 'rate-limit',
  'body-too-large', 'deadline-exceeded', 'version-conflict', 'quota-exceeded', 'store-failed', 'message-too-large', 'too-many-handles', 'queue-full',
  'internal',
])

const MAX_VERSION = BigInt(Number.MAX_SAFE_INTEGER)

/** The interface as the glue calls it: `err` cases are thrown, and what waits may be a promise. */
type Imported<Interface> = {
  readonly [Name in keyof Interface]: Interface[Name] extends (...args: infer Args) => infer Result
    ? (...args: Args) => MaybePromise<Result extends { readonly tag: 'ok', readonly val: infer Value } | { readonly tag: 'err', readonly val: unknown } ? Value : Result>
    : never
}

export function createHostImports(context: WasiContext): ImportTable {
  return new Map<string, Readonly<Record<string, unknown>>>([
    ['glovebox:host/storage', { ...createStorage(context) }],
    ['glovebox:host/log', { ...createLog(context) }],
    ['glovebox:host/permission', { ...createPermission(context) }],
    ['glovebox:host/types', {}],
  ])
}

function createStorage({ outward }: WasiContext): Imported<StorageWit.Storage> {
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

function createLog({ outward }: WasiContext): Imported<LogWit.Log> {
  return { write: (level, text) => void outward.log(level, text) }
}

function createPermission({ outward }: WasiContext): Imported<PermissionWit.Permission> {
  const ask = (method: string, name: PermissionWit.PermissionName): MaybePromise<PermissionWit.PermissionState> =>
    andThen(callHost(outward, method, [name.replace('-', ':')]), (state) => (state === 'granted' || state === 'prompt' ? state : 'denied'))
  return {
    query: (name) => ask('permission.query', name),
    request: (name) => ask('permission.request', name),
  }
}

function callHost(outward: WasiContext['outward'], method: string, args: readonly unknown[]): MaybePromise<unknown> {
  return attempt(() => outward.capability(method, args), (value) => value, (error) => {
    throw error instanceof CapabilityFailure ? callError(error.code, error.message) : error
  })
}

function callError(code: string, message: string): WitError {
  const known = CODES.has(code) ? (code as ErrorCode) : 'internal' // a member of the set of them
  return new WitError({ code: known, message } satisfies CallError)
}
