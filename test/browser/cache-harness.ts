/** A second, unfriendly connection to a box's database: what another tab, or another version of the library, does. */

export function freshName(): string {
  return `test-${crypto.randomUUID()}`
}

/** Opens the database as a stranger that ignores `versionchange`. */
export function openRaw(name: string, version?: number, upgrade?: (connection: IDBDatabase) => void): Promise<IDBDatabase> {
  const request = indexedDB.open(`glovebox:${name}`, version)
  request.onupgradeneeded = () => upgrade?.(request.result)
  return settle(request)
}

/** Resolves when the database is gone; rejects when a connection that is still open holds it. */
export function deleteDatabase(name: string): Promise<unknown> {
  const request = indexedDB.deleteDatabase(`glovebox:${name}`)
  return Promise.race([settle(request), new Promise((_, reject) => {
    request.onblocked = () => reject(new Error(`A connection to ${name} is still open.`))
  })])
}

export function writeRaw(connection: IDBDatabase, table: string, key: readonly string[], value: unknown): Promise<unknown> {
  return settle(connection.transaction(table, 'readwrite').objectStore(table).put(value, [...key]))
}

export function settle<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}

/** A timer that fires when the test says so; `length` counts those that are neither fired nor cancelled. */
export class ManualTimers {
  readonly #pending = new Map<number, { readonly callback: () => void; readonly ms: number }>()
  #next = 0

  readonly setTimer = (callback: () => void, ms: number): (() => void) => {
    const id = this.#next++
    this.#pending.set(id, { callback, ms })
    return () => void this.#pending.delete(id)
  }

  get length(): number {
    return this.#pending.size
  }

  has(ms: number): boolean {
    return [...this.#pending.values()].some((timer) => timer.ms === ms)
  }

  fire(ms: number): void {
    for (const [id, timer] of this.#pending) {
      if (timer.ms !== ms) continue
      this.#pending.delete(id)
      timer.callback()
    }
  }
}
