/**
 * Secrets at rest, of extensions and of the app. Each is sealed before its transaction begins, which must await nothing else, with a fresh
 * random IV. What the app writes is strictly durable: a power cut must not bring back what it took away. A guest's loop of sets flushes no disk.
 */
import { PackageError } from '../errors.ts'
import type { ExtensionKey } from '../manifest/identity.ts'
import { bindingName, type SealedStore } from '../wire/sealed-store.ts'
import { type Database, groupRange, type Key, prefixRange, type Table, type TableName } from './database.ts'
import { installedKey } from './installed.ts'
import { parseFields } from './parse.ts'
import { damagedError, openVaultKey, readVaultKey, seal, type Sealed, unseal } from './vault-key.ts'

/** Of what is the app's own; no extension's key is without a newline. */
const HOST_GROUP = 'host'
/** More than any owner may have. */
const MAX_NAMES = 10_000

/** A `set` rejects with PackageError 'not-installed' when there is no such extension any more. Nothing to dispose: it lives by `database`. */
export function createVaultStore(database: Database, owner: ExtensionKey | undefined): SealedStore {
  const group = owner ?? HOST_GROUP
  const durability = owner === undefined ? 'strict' : 'relaxed'
  return {
    get: async (name) => {
      const place: Key = [group, name]
      const [row, key] = await database.run({ tables: ['vault'], mode: 'readonly' }, async (table) =>
        [await table('vault').get(place), await readVaultKey(table('vault'))] as const)
      return row === undefined ? undefined : unsealRow(row, key, place)
    },
    set: async (name, text, { maxCount }) => {
      const place: Key = [group, name]
      const sealed = await seal(await openVaultKey(database), text, place)
      return database.run({ tables: ['vault', 'installed'], mode: 'readwrite', durability }, async (table) => {
        // An instance that still runs in another tab must not bring secrets back.
        if (owner !== undefined && (await table('installed').get(installedKey(owner))) === undefined) throw uninstalledError()
        return putRow(table, place, sealed, maxCount)
      })
    },
    delete: (name) =>
      database.run({ tables: ['vault'], mode: 'readwrite', durability }, async (table) => {
        const wasThere = (await table('vault').get([group, name])) !== undefined
        await table('vault').delete([group, name])
        return wasThere
      }),
    names: () => database.run({ tables: ['vault'], mode: 'readonly' }, (table) => table('vault').names(groupRange(group), MAX_NAMES)),
  }
}

/** Runs in a transaction that covers `vault`. Bindings of the app's for the extension go with it. */
export async function removeSecrets(table: (name: TableName) => Table, key: ExtensionKey): Promise<void> {
  await table('vault').deleteRange(groupRange(key))
  const bindings = prefixRange(HOST_GROUP, bindingName(key, ''), undefined)
  if (bindings !== undefined) await table('vault').deleteRange(bindings)
}

function uninstalledError(): PackageError {
  return new PackageError('not-installed', 'The extension was uninstalled: its secrets are gone.')
}

async function putRow(table: (name: TableName) => Table, place: Key, sealed: Sealed, maxCount: number): Promise<'done' | 'full'> {
  const isNew = (await table('vault').get(place)) === undefined
  if (isNew && (await table('vault').names(groupRange(place[0]), maxCount)).length >= maxCount) return 'full'
  await table('vault').put(place, { iv: sealed.iv, sealed: sealed.sealed })
  return 'done'
}

async function unsealRow(row: unknown, key: CryptoKey | undefined, place: Key): Promise<string> {
  const { iv, sealed } = parseFields(row) ?? {}
  if (!(iv instanceof ArrayBuffer) || !(sealed instanceof ArrayBuffer) || key === undefined) throw damagedError()
  return unseal(key, { iv, sealed }, place)
}
