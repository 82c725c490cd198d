/**
 * The table store in memory, for `store: 'memory'` and for tests in Node. Transactions run one after the other, an undo log makes them
 * all-or-nothing, and values are cloned both ways, so that code cannot come to depend on sharing that IndexedDB would not give.
 */
import type { Database, Key, KeyRange, Row, Table, TableName, TransactionRequest } from './database.ts'
import { DisposedError } from '../errors.ts'

type Groups = Map<string, Map<string, unknown>>

/** Makes an empty database; nothing of it outlives the page. */
export function createMemoryDatabase(): Database {
  return new MemoryDatabase()
}

class MemoryDatabase implements Database {
  readonly #tables = new Map<TableName, Groups>()
  #last: Promise<unknown> = Promise.resolve()
  #isDisposed = false

  run<T>(request: TransactionRequest, work: (table: (name: TableName) => Table) => Promise<T>): Promise<T> {
    const result = this.#last.then(() => this.#transact(request, work))
    this.#last = result.catch(() => undefined) // the caller gets the failure; the queue goes on
    return result
  }

  dispose(): void {
    this.#isDisposed = true
    this.#tables.clear()
  }

  async #transact<T>(request: TransactionRequest, work: (table: (name: TableName) => Table) => Promise<T>): Promise<T> {
    if (this.#isDisposed) throw new DisposedError('disposed', 'The store was disposed.')
    const { tables, mode, signal } = request
    signal?.throwIfAborted()
    const undo: (() => void)[] = []
    try {
      const result = await work((name) => {
        if (!tables.includes(name)) throw new TypeError(`Table ${name} is not part of this transaction.`)
        return createTable(this.#groups(name), mode === 'readwrite' ? undo : undefined)
      })
      signal?.throwIfAborted()
      return result
    } catch (error) {
      for (const step of undo.reverse()) step()
      throw error
    }
  }

  #groups(name: TableName): Groups {
    const known = this.#tables.get(name)
    if (known !== undefined) return known
    const groups: Groups = new Map()
    this.#tables.set(name, groups)
    return groups
  }
}

/** `undo` undefined: readonly. */
function createTable(groups: Groups, undo: (() => void)[] | undefined): Table {
  const write = ([group, name]: Key, value: { readonly kept: unknown } | undefined): void => {
    if (undo === undefined) throw new TypeError('A readonly transaction cannot write.')
    const before = groups.get(group)?.has(name) === true ? { kept: groups.get(group)?.get(name) } : undefined
    undo.push(() => apply(groups, group, name, before))
    apply(groups, group, name, value)
  }
  const names = (range: KeyRange): string[] =>
    [...(groups.get(range.group)?.keys() ?? [])]
      .filter((name) => (range.isOpen ? name > range.from : name >= range.from) && (range.to === undefined || name < range.to))
      .sort()
  const row = (group: string, name: string): Row => ({ key: [group, name], value: structuredClone(groups.get(group)?.get(name)) })
  return {
    get: async ([group, name]) => row(group, name).value,
    put: async (key, value) => write(key, { kept: structuredClone(value) }),
    delete: async (key) => write(key, undefined),
    deleteRange: async (range) => {
      for (const name of names(range)) write([range.group, name], undefined)
    },
    rows: async (range) => {
      if (range !== undefined) return names(range).map((name) => row(range.group, name))
      return [...groups.keys()].sort().flatMap((group) => [...(groups.get(group)?.keys() ?? [])].sort().map((name) => row(group, name)))
    },
    names: async (range, limit) => names(range).slice(0, limit),
  }
}

function apply(groups: Groups, group: string, name: string, value: { readonly kept: unknown } | undefined): void {
  const members = groups.get(group) ?? new Map<string, unknown>()
  if (value === undefined) members.delete(name)
  else members.set(name, value.kept)
  if (members.size === 0) groups.delete(group)
  else groups.set(group, members)
}
