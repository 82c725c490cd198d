/**
 * What the storage capability needs of a store; cache/ implements it over IndexedDB and in memory. It lives here because capability/ and
 * cache/ are peers. Every method acts on one extension's keys only: the store was made for that extension, so no key can reach another's.
 */
export interface StoredValue {
  /** The encoded value (wire/payload.ts), or `''` when `buffers` holds raw bytes. */
  readonly text: string
  readonly buffers: readonly ArrayBuffer[]
}

export interface StorageEntry {
  readonly value: StoredValue
  /**
   * Positive integer. Every set of any key of the extension takes the next one, so a key's version only grows,
   * and a deleted and re-made key never repeats one.
   */
  readonly version: number
}

export interface KeyValueStore {
  get(key: string): Promise<StorageEntry | undefined>
  /**
   * Writes and counts the quota in the same transaction. `ifVersion`: 0 = must not exist, n = must be at version n, undefined = always.
   * Returns the new version, `'conflict'`, `'quota'`, or `'total'` when all extensions together have no more (nothing written in all three). A set
   * that makes what is stored smaller is never refused.
   */
  set(
    key: string,
    value: StoredValue,
    options: { readonly ifVersion: number | undefined; readonly quotaBytes: number },
  ): Promise<number | 'conflict' | 'quota' | 'total'>
  /** True when it was there. `ifVersion` as in `set`. */
  delete(key: string, options: { readonly ifVersion: number | undefined }): Promise<boolean | 'conflict'>
  /** Keys in code-unit order, after `after` (exclusive) where given, at most `limit`. */
  list(options: { readonly prefix: string; readonly after: string | undefined; readonly limit: number }): Promise<readonly string[]>
}
