/**
 * Opens the IndexedDB database: schema, upgrade, and every way in which opening can fail or never answer.
 * Private modes and opaque origins refuse in different ways (no factory, a throw, an error event); all of them are `store-unavailable`.
 */
import { PackageError } from '../errors.ts'
import type { SetTimer } from '../util/timer.ts'
import { TABLE_NAMES } from './database.ts'
import { abort, type CloseReason, IndexedDatabase } from './indexeddb.ts'

/** Grows with every change of TABLE_NAMES or of what a row must hold. */
export const SCHEMA_VERSION = 4
/** Before it, the audit log's blocks lacked what their signatures hold now: each would pass for damaged. */
const AUDIT_VERSION = 4

export interface OpenDatabaseOptions {
  /** Full name of the database. */
  readonly name: string
  readonly indexedDB: IDBFactory | undefined
  readonly onClose: (reason: CloseReason) => void
  /** How long another tab may hold an old version open, ms. */
  readonly blockedMs: number
  readonly setTimer: SetTimer
  /** Default SCHEMA_VERSION. */
  readonly version?: number
}

/**
 * The caller owns the result. A request that answers after we gave up is closed at once.
 * @throws {PackageError} store-unavailable, store-blocked; store-failed when a newer version of the library made the database
 */
export async function openDatabase(options: OpenDatabaseOptions): Promise<IndexedDatabase> {
  return new IndexedDatabase(await connect(requestOpen(options), options), options.onClose)
}

function requestOpen({ indexedDB, name, version = SCHEMA_VERSION }: OpenDatabaseOptions): IDBOpenDBRequest {
  if (indexedDB === undefined) throw unavailable('this page has no IndexedDB')
  try {
    return indexedDB.open(name, version)
  } catch (error) {
    throw unavailable('the browser refused IndexedDB', error)
  }
}

function connect(request: IDBOpenDBRequest, { name, blockedMs, setTimer }: OpenDatabaseOptions): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    let isOver = false
    const finish = (error: PackageError): void => {
      isOver = true
      cancelSilence()
      cancelBlocked()
      reject(error)
    }
    const blocked = (): void => {
      finish(new PackageError('store-blocked', `Another tab holds an old version of the store ${name} open: close it, then reload.`))
    }
    // A deletion that is blocked in another tab keeps us waiting without a `blocked` event of our own.
    const cancelSilence = setTimer(blocked, blockedMs * 4)
    let cancelBlocked = (): void => undefined
    request.addEventListener('blocked', () => {
      if (!isOver) cancelBlocked = setTimer(blocked, blockedMs)
    })
    request.addEventListener('upgradeneeded', ({ oldVersion }) => upgrade(request, oldVersion))
    request.addEventListener('error', (event) => {
      event.preventDefault() // Firefox reports an unprevented one as an uncaught error of the page
      if (!isOver) finish(openError(name, request.error))
    })
    request.addEventListener('success', () => {
      if (isOver) return request.result.close()
      cancelSilence()
      cancelBlocked()
      resolve(request.result)
    })
  })
}

function upgrade({ result, transaction }: IDBOpenDBRequest, oldVersion: number): void {
  try {
    if (oldVersion < AUDIT_VERSION && result.objectStoreNames.contains('audit')) transaction?.objectStore('audit').clear()
    for (const table of TABLE_NAMES) {
      if (!result.objectStoreNames.contains(table)) result.createObjectStore(table)
    }
  } catch {
    // Thrown on, it would be an uncaught error of the page; aborted, it is the request's own `error` event.
    if (transaction !== null) abort(transaction)
  }
}

function openError(name: string, error: DOMException | null): PackageError {
  if (error?.name !== 'VersionError') return unavailable('the browser could not open IndexedDB', error)
  const message = `A newer version of the library made the store ${name}: reload to get it.`
  return new PackageError('store-failed', message, { cause: error, details: { reason: error.name } })
}

function unavailable(why: string, cause?: unknown): PackageError {
  const message = `The store cannot be opened: ${why}. To go on without one that lasts, pass store: 'memory'.`
  return new PackageError('store-unavailable', message, { cause })
}
