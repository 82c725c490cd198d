/**
 * The table store over IndexedDB: one transaction, its failures turned into PackageError, and the end of the connection.
 * Opening it is open.ts. idb only turns requests into promises: its openDB would take the page's global instead of the factory we are given.
 */
import { wrap } from 'idb'
import { DisposedError, isGloveboxError, PackageError } from '../errors.ts'
import type { Database, Key, KeyRange, Row, Table, TableName, TransactionRequest } from './database.ts'

/** Why a connection ended without us: another tab upgraded or deleted the database, or the browser closed it (site data cleared). */
export type CloseReason = 'upgraded' | 'deleted' | 'lost'

const CLOSE_TEXT: Readonly<Record<CloseReason, string>> = Object.freeze({
  upgraded: 'Another tab upgraded the store to a newer version of the library: reload this page.',
  deleted: 'Another tab deleted the store: reload this page.',
  lost: 'The browser closed the store (site data cleared, or its process ended): reload this page.',
})

/** Takes ownership of `connection`. */
export class IndexedDatabase implements Database {
  readonly #connection: IDBDatabase
  readonly #listening = new AbortController()
  readonly #lost: Promise<never>
  #ended: CloseReason | 'disposed' | undefined

  constructor(connection: IDBDatabase, onClose: (reason: CloseReason) => void) {
    this.#connection = connection
    const { signal } = this.#listening
    connection.addEventListener('versionchange', (event) => this.#end(event.newVersion === null ? 'deleted' : 'upgraded', onClose), { signal })
    // Only a forced close fires `close`; it should abort what runs, but nothing here may depend on every engine doing so.
    this.#lost = new Promise((_, reject) => {
      connection.addEventListener('close', () => {
        this.#end('lost', onClose)
        reject(this.#closedError())
      }, { signal })
    })
    this.#lost.catch(() => undefined) // told to those who wait at that moment; nobody may
  }

  async run<T>(request: TransactionRequest, work: (table: (name: TableName) => Table) => Promise<T>): Promise<T> {
    if (this.#ended !== undefined) throw this.#closedError()
    try {
      return await Promise.race([this.#transact(request, work), this.#lost])
    } catch (error) {
      throw toStoreError(error)
    }
  }

  dispose(): void {
    if (this.#ended === 'disposed') return
    this.#ended = 'disposed'
    this.#listening.abort()
    this.#connection.close()
  }

  async #transact<T>(request: TransactionRequest, work: (table: (name: TableName) => Table) => Promise<T>): Promise<T> {
    const { tables, mode, durability = 'relaxed', signal } = request
    signal?.throwIfAborted()
    const transaction = this.#connection.transaction(tables, mode, { durability })
    const done = settled(transaction)
    let isEnded = false
    let end = (): void => undefined
    // Firefox tells that a transaction was aborted when its turn comes, which others may hold up: that it will be is certain now.
    const ended = new Promise<never>((_, reject) => {
      end = () => {
        isEnded = abort(transaction)
        if (isEnded) reject(signal?.reason)
      }
    })
    ended.catch(() => undefined)
    signal?.addEventListener('abort', end, { once: true })
    try {
      // An abort rejects the requests that run; the race settles `work` also where it waits between two.
      const failed = new Promise<never>((_, reject) => done.catch(reject))
      const result = await Promise.race([work((name) => createTable(transaction.objectStore(name))), failed, ended])
      await Promise.race([done, ended])
      return result
    } catch (error) {
      if (isEnded) throw signal?.reason
      abort(transaction)
      await done.catch(() => undefined)
      throw transaction.error ?? error
    } finally {
      signal?.removeEventListener('abort', end)
    }
  }

  #end(reason: CloseReason, onClose: (reason: CloseReason) => void): void {
    if (this.#ended !== undefined) return
    this.#ended = reason
    this.#connection.close()
    onClose(reason)
  }

  #closedError(): PackageError | DisposedError {
    if (this.#ended === 'disposed' || this.#ended === undefined) return new DisposedError('disposed', 'The store was disposed.')
    return new PackageError('store-failed', CLOSE_TEXT[this.#ended], { details: { reason: this.#ended } })
  }
}

/** Resolves at commit, rejects at abort. Not idb's `done`: that one goes unhandled when nobody asks for it. */
function settled(transaction: IDBTransaction): Promise<void> {
  const done = new Promise<void>((resolve, reject) => {
    transaction.addEventListener('complete', () => resolve(), { once: true })
    transaction.addEventListener('abort', () => {
      reject(transaction.error ?? new DOMException('The transaction was aborted.', 'AbortError'))
    }, { once: true })
  })
  done.catch(() => undefined)
  return done
}

/** Aborts unless it is already over, or about to be committed. False: it is. */
export function abort(transaction: IDBTransaction): boolean {
  try {
    transaction.abort()
    return true
  } catch {
    return false
  }
}

function createTable(store: IDBObjectStore): Table {
  return {
    get: (key) => wrap<unknown>(store.get([...key])),
    put: async (key, value) => {
      await wrap(store.put(value, [...key]))
    },
    delete: async (key) => {
      await wrap(store.delete([...key]))
    },
    deleteRange: async (range) => {
      await wrap(store.delete(toNative(range)))
    },
    rows: async (range) => {
      const native = range === undefined ? null : toNative(range)
      const [keys, values] = await Promise.all([wrap(store.getAllKeys(native)), wrap<unknown[]>(store.getAll(native))])
      return keys.flatMap((key, index): Row[] => (isKey(key) ? [{ key, value: values[index] }] : []))
    },
    names: async (range, limit) => (await wrap(store.getAllKeys(toNative(range), limit))).flatMap((key) => (isKey(key) ? [key[1]] : [])),
  }
}

function toNative({ group, from, isOpen, to }: KeyRange): IDBKeyRange {
  // An array sorts after every string, so [group, []] is the end of the group.
  return IDBKeyRange.bound([group, from], [group, to ?? []], isOpen, true)
}

function isKey(key: unknown): key is Key {
  return Array.isArray(key) && key.length === 2 && typeof key[0] === 'string' && typeof key[1] === 'string'
}

function toStoreError(error: unknown): unknown {
  if (isGloveboxError(error)) return error
  const name = error instanceof Error || error instanceof DOMException ? error.name : 'unknown'
  const hint = name === 'QuotaExceededError' ? ' The disk or the site\'s share of it is full.' : ''
  return new PackageError('store-failed', `The store failed (${name}); the old state is kept.${hint}`, { cause: error, details: { reason: name } })
}
