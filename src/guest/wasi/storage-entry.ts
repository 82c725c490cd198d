/** What `storage.get` answers: the page's, but read as carefully as everything else. */

export interface StorageEntry {
  /** Undefined where the key is not there. */
  readonly bytes: Uint8Array | undefined
  readonly version: number
}

/** Undefined for a value that is not bytes: a script extension of the same name may have set it. */
export function readEntry(answer: unknown): StorageEntry | undefined {
  if (answer === undefined || answer === null) return { bytes: undefined, version: 0 }
  const { value, version } = Object(answer) as { readonly value?: unknown, readonly version?: unknown } // read as unknown
  return value instanceof Uint8Array && typeof version === 'number' ? { bytes: value, version } : undefined
}
