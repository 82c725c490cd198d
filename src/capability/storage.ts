/**
 * Keys and values of an extension's own. The store is opened for the caller's identity, so no key can reach another extension's;
 * the scope's prefixes divide it further. Values are kept in the wire's encoding: what comes back is what was set, kinds included.
 */
import { LimitError } from '../errors.ts'
import type * as Wit from '../generated/storage.ts'
import type { Installation } from '../manifest/identity.ts'
import type { KeyValueStore, StoredValue } from '../wire/key-value.ts'
import { DEFAULT_VALUE_LIMITS, decodeValue, encodeValue } from '../wire/value.ts'
import { parseArguments, parseFields, parseInteger, parseText } from './arguments.ts'
import type { Capability, CapabilityContext, CapabilityMethod } from './capability.ts'
import { CapabilityError } from './capability.ts'
import { inStore } from './in-store.ts'

const KEY_CHARS = 1024
const LIST_LIMIT = 1000
type Open = (grant: AbortSignal) => KeyValueStore

const TOTAL_FULL = 'The storage of all extensions together is full; nothing was written.'

/**
 * `storage.get(key)`, `storage.set(key, value, {ifVersion})`, `storage.delete(key, {ifVersion})`, `storage.list({prefix, cursor, limit})`.
 * Keys have 1 to 1024 UTF-16 units. `ifVersion` null: whatever is there; 0: only when nothing is there.
 *
 * @param openStore  the store of one installation under one grant, whose signal ends what goes on in it; cheap, called for each call
 */
export function createStorageCapability(openStore: (installation: Installation, signal: AbortSignal) => KeyValueStore): Capability {
  const open = ({ installation }: CapabilityContext): Open => (signal) => openStore(installation, signal)
  const methods: Readonly<Record<keyof Wit.Storage, CapabilityMethod>> = {
    get: async (args, context) => getValue(args, context, open(context)),
    set: async (args, context) => setValue(args, context, open(context)),
    delete: async (args, context) => deleteValue(args, context, open(context)),
    list: async (args, context) => listKeys(args, context, open(context)),
  }
  return { name: 'storage', methods: new Map(Object.entries(methods).map(([name, method]) => [`storage.${name}`, method])) }
}

async function getValue(args: readonly unknown[], context: CapabilityContext, open: Open): Promise<unknown> {
  parseArguments('storage.get', args, 1)
  const key = parseText('key', args[0], 1, KEY_CHARS)
  const { signal } = await context.authorize('storage:read', { kind: 'storage', key })
  const entry = await inStore(() => open(signal).get(key))
  // A revocation while the store was reading: what was read stays here.
  signal.throwIfAborted()
  return entry === undefined ? undefined : { value: decodeStored(entry.value), version: entry.version }
}

async function setValue(args: readonly unknown[], context: CapabilityContext, open: Open): Promise<unknown> {
  parseArguments('storage.set', args, 3)
  const key = parseText('key', args[0], 1, KEY_CHARS)
  const ifVersion = parseIfVersion(args[2])
  // Encoded before the prompt may wait: the value cannot change in between, and one that cannot be kept asks nobody.
  const value = encodeValue(args[1], { ...DEFAULT_VALUE_LIMITS, bytes: context.limits.messageBytes })
  const { signal } = await context.authorize('storage:write', { kind: 'storage', key })
  const version = await inStore(() => open(signal).set(key, value, { ifVersion, quotaBytes: context.limits.storageBytes }))
  if (version === 'conflict') throw conflictError(key)
  if (version === 'quota') {
    const { storageBytes } = context.limits
    const message = `The extension's storage of ${storageBytes} bytes is full; nothing was written.`
    throw new LimitError('quota-exceeded', message, { details: { limit: 'storageBytes', storageBytes } })
  }
  if (version === 'total') throw new LimitError('quota-exceeded', TOTAL_FULL, { details: { limit: 'storageBytes', owner: 'subject' } })
  return version
}

async function deleteValue(args: readonly unknown[], context: CapabilityContext, open: Open): Promise<unknown> {
  parseArguments('storage.delete', args, 2)
  const key = parseText('key', args[0], 1, KEY_CHARS)
  const ifVersion = parseIfVersion(args[1])
  const { signal } = await context.authorize('storage:write', { kind: 'storage', key })
  const wasThere = await inStore(() => open(signal).delete(key, { ifVersion }))
  if (wasThere === 'conflict') throw conflictError(key)
  return wasThere
}

async function listKeys(args: readonly unknown[], context: CapabilityContext, open: Open): Promise<unknown> {
  parseArguments('storage.list', args, 1)
  const fields = parseFields('options', args[0] ?? {}, ['prefix', 'cursor', 'limit'])
  const prefix = parseText('prefix', fields.get('prefix') ?? '', 0, KEY_CHARS)
  const cursor = fields.get('cursor') ?? null
  const after = cursor === null ? undefined : parseText('cursor', cursor, 1, KEY_CHARS)
  const limit = parseInteger('limit', fields.get('limit') ?? LIST_LIMIT, 1, LIST_LIMIT)
  const { signal } = await context.authorize('storage:read', { kind: 'storage-prefix', prefix })
  const keys = await inStore(() => open(signal).list({ prefix, after, limit }))
  signal.throwIfAborted()
  return { keys: [...keys], cursor: keys.length < limit ? null : keys[keys.length - 1] ?? null }
}

function parseIfVersion(input: unknown): number | undefined {
  const ifVersion = parseFields('options', input ?? {}, ['ifVersion']).get('ifVersion') ?? null
  return ifVersion === null ? undefined : parseInteger('ifVersion', ifVersion, 0, Number.MAX_SAFE_INTEGER)
}

function decodeStored(value: StoredValue): unknown {
  try {
    // Generous: a value that was set under higher limits is still the extension's.
    return decodeValue(value, { ...DEFAULT_VALUE_LIMITS, bytes: Number.MAX_SAFE_INTEGER })
  } catch (cause) {
    throw new CapabilityError('store-failed', 'The stored value is damaged; delete or set it again.', { cause })
  }
}

function conflictError(key: string): CapabilityError {
  return new CapabilityError('version-conflict', `The key ${JSON.stringify(key.slice(0, 100))} is not at the expected version; get it and try again.`)
}
