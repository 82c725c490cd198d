/** From an install record back to a verified package: stored bytes when they are sound, else fetched again from where they came. */
import type { Store } from '../../cache/store.ts'
import type { InstalledRecord } from '../../cache/installed.ts'
import { isGloveboxError, PackageError } from '../../errors.ts'
import { loadSource } from '../../package/source.ts'
import { toStored } from '../../package/stored.ts'
import type { TrustPolicy } from '../../package/trust.ts'
import type { VerifiedPackage } from '../../package/verified-package.ts'
import { verifyPackage, verifyStored } from '../../package/verify.ts'

export interface RestoreOptions {
  readonly store: Store
  readonly trust: TrustPolicy
  readonly fetch: typeof fetch
}

/** @throws {PackageError} digest-mismatch, fetch-failed and what else a source can throw @throws {PolicyError} untrusted-digest */
export async function restorePackage(record: InstalledRecord, { store, trust, fetch: fetchPackage }: RestoreOptions): Promise<VerifiedPackage> {
  const stored = await store.packages.get(record.digest)
  if (stored !== undefined) {
    try {
      return await verifyStored(stored, record, trust)
    } catch (error) {
      if (!isGloveboxError(error, 'digest-mismatch')) throw error
      await store.packages.drop(record.digest)
    }
  }
  if (record.source === null) throw damaged(record, 'and cannot be fetched again: install it from its bytes')
  const fetched = await verifyPackage(await loadSource(record.source, { fetch: fetchPackage }), trust)
  const isSame = fetched.digest === record.digest && fetched.identity.id === record.id && fetched.identity.origin === record.origin
  if (!isSame) throw damaged(record, 'and its source holds other code by now: install it again')
  await store.packages.put(toStored(fetched))
  return fetched
}

function damaged(record: InstalledRecord, what: string): PackageError {
  return new PackageError('digest-mismatch', `The stored package of ${record.id} is damaged or was evicted, ${what}.`, { details: { id: record.id } })
}
