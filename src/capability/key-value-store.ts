/** The store behind the storage capability, under the name this folder uses; see wire/key-value.ts for why it is defined there. */
export type { KeyValueStore, StorageEntry, StoredValue } from '../wire/key-value.ts'
