/** The interfaces of wasi:keyvalue over buckets: store, atomics and batch. */
import { andThen, type MaybePromise } from '../wait/maybe.ts'
import type { ImportTable, WasiContext } from './context.ts'
import { Bucket, openBucket, other } from './key-value.ts'
import { Resource, type ResourceCount } from './resource.ts'
import type { StorageEntry } from './storage-entry.ts'
import { WitError } from './wit-error.ts'

/** Attempts of one increment against others who write the same key. */
const MAX_ATTEMPTS = 16
const MAX_BATCH = 1000
/** Of `s64`, in decimal. */
const INTEGER = /^-?[0-9]{1,19}$/
const MAX_S64 = 2n ** 63n

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** A key with what was read of it, for `swap`. */
class Cas extends Resource {
  readonly bucket: Bucket
  readonly key: string
  readonly entry: StorageEntry
  readonly count: ResourceCount

  constructor(count: ResourceCount, bucket: Bucket, key: string, entry: StorageEntry) {
    super(count)
    this.count = count
    this.bucket = bucket
    this.key = key
    this.entry = entry
  }

  current(): Uint8Array | undefined {
    return this.entry.bytes?.slice()
  }
}

export function createKeyValue(context: WasiContext): ImportTable {
  const { resources } = context
  class BoundCas extends Cas {
    static new(bucket: Bucket, key: string): MaybePromise<Cas> {
      return readCas(resources, bucket, key)
    }
  }
  const readCas = (count: ResourceCount, bucket: Bucket, key: string): MaybePromise<Cas> =>
    andThen(bucket.read(key), (entry) => new BoundCas(count, bucket, key, entry))
  const swap = (cas: Cas, value: Uint8Array): MaybePromise<void> => andThen(cas.bucket.replace(cas.key, value, cas.entry.version), (isDone) => {
    if (isDone) return undefined
    return andThen(readCas(resources, cas.bucket, cas.key), (fresh): never => {
      throw new WitError({ tag: 'cas-failed', val: fresh })
    })
  })
  return new Map<string, Readonly<Record<string, unknown>>>([
    ['wasi:keyvalue/store', { Bucket, open: (identifier: string) => openBucket(context, identifier) }],
    ['wasi:keyvalue/atomics', { Cas: BoundCas, increment, swap }],
    ['wasi:keyvalue/batch', { getMany, setMany, deleteMany }],
  ])
}

function increment(bucket: Bucket, key: string, delta: bigint, attempts = MAX_ATTEMPTS): MaybePromise<bigint> {
  if (attempts === 0) throw other('Others change the key all the time.')
  return andThen(bucket.read(key), ({ bytes, version }) => {
    const sum = (bytes === undefined ? 0n : parseCounter(bytes)) + delta
    if (sum >= MAX_S64 || sum < -MAX_S64) throw other('The sum does not fit 64 bits.')
    const replaced = bucket.replace(key, encoder.encode(String(sum)), version)
    return andThen(replaced, (isDone) => (isDone ? sum : increment(bucket, key, delta, attempts - 1)))
  })
}

function parseCounter(bytes: Uint8Array): bigint {
  const text = bytes.length > 20 ? '' : decoder.decode(bytes)
  if (!INTEGER.test(text)) throw other('The value is not a number in decimal digits.')
  return BigInt(text)
}

function getMany(bucket: Bucket, keys: readonly string[]): MaybePromise<unknown> {
  return inOrder(keys, (key) => andThen(bucket.get(key), (bytes) => (bytes === undefined ? undefined : [key, bytes])))
}

function setMany(bucket: Bucket, pairs: readonly (readonly [string, Uint8Array])[]): MaybePromise<void> {
  return andThen(inOrder(pairs, ([key, value]) => bucket.set(key, value)), () => undefined)
}

function deleteMany(bucket: Bucket, keys: readonly string[]): MaybePromise<void> {
  return andThen(inOrder(keys, (key) => bucket.delete(key)), () => undefined)
}

/** One after the other: a guest's list must not become a burst of calls. */
function inOrder<T, R>(items: readonly T[], work: (item: T) => MaybePromise<R>): MaybePromise<R[]> {
  if (items.length > MAX_BATCH) throw other(`A batch has at most ${MAX_BATCH} keys.`)
  const results: R[] = []
  const step = (index: number): MaybePromise<R[]> => {
    const item = items[index]
    if (index >= items.length || item === undefined) return results
    return andThen(work(item), (result) => {
      results.push(result)
      return step(index + 1)
    })
  }
  return step(0)
}
