/**
 * A database that is busy with something else, as with a large write of another tab's: what comes to a table waits until it is let go. Where the
 * waiting is not ended by somebody, it goes on then. Some engines have one writer at a time: whatever is written then waits, also elsewhere.
 */
import { onTestFinished, vi } from 'vitest'

export interface BusyStore {
  /** Transactions that have come to the table meanwhile. */
  readonly count: number
  release(): void
}

/** Of every box of the page. Until `release`, or the test's end. @param what  comes to the table */
export function keepBusy(table: string, what: 'all' | 'writes' = 'all'): BusyStore {
  const connections = new Set<IDBDatabase>()
  const original = IDBDatabase.prototype.transaction
  let isBusy = true
  let count = 0
  const occupy = (connection: IDBDatabase): void => {
    if (connections.has(connection)) return
    connections.add(connection)
    const store = original.call(connection, [table], what === 'all' ? 'readwrite' : 'readonly').objectStore(table)
    const goOn = (): void => {
      if (isBusy) store.get(['', '']).onsuccess = goOn
    }
    goOn()
  }
  const spy = vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(function (this: IDBDatabase, ...args) {
    const [names, mode] = args
    if (isBusy && (what === 'all' || mode === 'readwrite') && (typeof names === 'string' ? [names] : [...names]).includes(table)) {
      occupy(this)
      count++
    }
    return original.apply(this, args)
  })
  const release = (): void => {
    isBusy = false
    spy.mockRestore()
  }
  onTestFinished(release)
  return { get count() { return count }, release }
}
