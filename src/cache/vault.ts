/**
 * Secrets at rest, of extensions and of the app. Each is sealed before its transaction begins, which must await nothing else, with a fresh
 * random IV. What the app writes is strictly durable: a power cut must not bring back what it took away. A guest's loop of sets flushes no disk.
 */
import type { ExtensionKey, Installation } from '../manifest/identity.ts'
import { bindingName, type SealedStore } from '../wire/sealed-store.ts'
import { type Database, groupRange, type Key, prefixRange, type Table, type TableName } from './database.ts'
import { requireGeneration } from './generation.ts'
import { INSTALLATION_TABLES, requireInstallation } from './installed.ts'
import { parseFields } from './parse.ts'
import { damagedError, openVaultKey, readVaultKey, seal, type Sealed, unseal } from './vault-key.ts'

/** Of what is the app's own; no extension's key is without a newline. */
const HOST_GROUP = 'host'
/** More than any owner may have. */
const MAX_NAMES = 10_000

/**
 * What is an extension's rejects with PackageError 'not-installed' after an uninstall. Nothing to dispose: it lives by `database`.
 *
 * @param signal  ends what is going on in it, and all that comes
 */
export function createVaultStore(database: Database, owner: Installation | undefined, signal?: AbortSignal): SealedStore {
  const group = owner?.key ?? HOST_GROUP
  const durability = owner === undefined ? 'strict' : 'relaxed'
  const read = <T>(work: (vault: Table) => Promise<T>): Promise<T> =>
    database.run({ tables: ['vault', 'generations'], mode: 'readonly', signal }, async (table) => {
      if (owner !== undefined) await requireGeneration(table('generations'), owner)
      return work(table('vault'))
    })
  const write = <T>(work: (vault: Table) => Promise<T>): Promise<T> =>
    database.run({ tables: ['vault', ...INSTALLATION_TABLES], mode: 'readwrite', durability, signal }, async (table) => {
      if (owner !== undefined) await requireInstallation(table, owner)
      return work(table('vault'))
    })
  return {
    get: async (name) => {
      const place: Key = [group, name]
      const [row, key] = await read(async (vault) => [await vault.get(place), await readVaultKey(vault)] as const)
      return row === undefined ? undefined : unsealRow(row, key, place)
    },
    set: async (name, text, { maxCount }) => {
      const place: Key = [group, name]
      const sealed = await seal(await openVaultKey(database, signal), text, place)
      return write((vault) => putRow(vault, place, sealed, maxCount))
    },
    delete: (name) =>
      write(async (vault) => {
        const wasThere = (await vault.get([group, name])) !== undefined
        await vault.delete([group, name])
        return wasThere
      }),
    names: () => read((vault) => vault.names(groupRange(group), MAX_NAMES)),
  }
}

/** Runs in a transaction that covers `vault`. Bindings of the app's for the extension go with it. */
export async function removeSecrets(table: (name: TableName) => Table, key: ExtensionKey): Promise<void> {
  await table('vault').deleteRange(groupRange(key))
  const bindings = prefixRange(HOST_GROUP, bindingName(key, ''), undefined)
  if (bindings !== undefined) await table('vault').deleteRange(bindings)
}

async function putRow(vault: Table, place: Key, sealed: Sealed, maxCount: number): Promise<'done' | 'full'> {
  const isNew = (await vault.get(place)) === undefined
  if (isNew && (await vault.names(groupRange(place[0]), maxCount)).length >= maxCount) return 'full'
  await vault.put(place, { iv: sealed.iv, sealed: sealed.sealed })
  return 'done'
}

async function unsealRow(row: unknown, key: CryptoKey | undefined, place: Key): Promise<string> {
  const { iv, sealed } = parseFields(row) ?? {}
  if (!(iv instanceof ArrayBuffer) || !(sealed instanceof ArrayBuffer) || key === undefined) throw damagedError()
  return unseal(key, { iv, sealed }, place)
}
