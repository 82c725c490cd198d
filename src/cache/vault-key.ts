/**
 * The key of the vault: AES-GCM, 256 bits, not extractable, kept in the database as a CryptoKey. Scripts of the page's origin can use it while they
 * run there, and none can carry it off; files copied from the disk give what the browser's own protection of stored keys leaves.
 */
import { isGloveboxError, PackageError } from '../errors.ts'
import type { Database, Key, Table } from './database.ts'

const ALGORITHM = { name: 'AES-GCM', length: 256 } as const
const IV_BYTES = 12
/** No owner has an empty name. */
const KEY: Key = ['', 'key']

export interface Sealed {
  readonly iv: ArrayBuffer
  readonly sealed: ArrayBuffer
}

/** The key, or undefined where nothing was ever sealed. */
export async function readVaultKey(vault: Table): Promise<CryptoKey | undefined> {
  const found = await vault.get(KEY)
  return found instanceof CryptoKey ? found : undefined
}

/** The key, made by the first tab that needs one. @throws {PackageError} store-unavailable where the browser cannot keep it */
export async function openVaultKey(database: Database, signal?: AbortSignal): Promise<CryptoKey> {
  const find = (): Promise<CryptoKey | undefined> => database.run({ tables: ['vault'], mode: 'readonly', signal }, (table) => readVaultKey(table('vault')))
  const known = await find()
  if (known !== undefined) return known
  const fresh = await crypto.subtle.generateKey(ALGORITHM, false, ['encrypt', 'decrypt'])
  try {
    await database.run({ tables: ['vault'], mode: 'readwrite', durability: 'strict', signal }, async (table) => {
      // Another tab may have been first; what it sealed needs its key.
      if ((await readVaultKey(table('vault'))) === undefined) await table('vault').put(KEY, fresh)
    })
  } catch (cause) {
    if (isGloveboxError(cause) && cause.details['reason'] !== 'DataCloneError') throw cause
    const message = "This browser cannot keep the vault's key, so no secrets. To go on without a store that lasts, pass store: 'memory'."
    throw new PackageError('store-unavailable', message, { cause })
  }
  const kept = await find()
  if (kept === undefined) throw new PackageError('store-unavailable', "This browser did not keep the vault's key, so no secrets.")
  return kept
}

/** `place` is sealed with it: a row that was moved elsewhere does not open. */
export async function seal(key: CryptoKey, text: string, place: Key): Promise<Sealed> {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES))
  const sealed = await crypto.subtle.encrypt({ name: ALGORITHM.name, iv, additionalData: nameOf(place) }, key, new TextEncoder().encode(text))
  return { iv: iv.buffer, sealed }
}

/** @throws {PackageError} store-failed where it does not open */
export async function unseal(key: CryptoKey, { iv, sealed }: Sealed, place: Key): Promise<string> {
  try {
    return new TextDecoder().decode(await crypto.subtle.decrypt({ name: ALGORITHM.name, iv, additionalData: nameOf(place) }, key, sealed))
  } catch (cause) {
    throw damagedError(cause)
  }
}

export function damagedError(cause?: unknown): PackageError {
  return new PackageError('store-failed', 'The secret is damaged; delete or set it again.', { cause })
}

function nameOf(place: Key): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(['glovebox vault', ...place]))
}
