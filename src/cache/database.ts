/**
 * The small transactional table store that all of cache/ is written against, so that quota, eviction and claims exist once and hold
 * equally in IndexedDB and in memory. A key is a pair of strings, never a joined one: `a/b` + `c` and `a` + `b/c` cannot meet.
 */

/** Tables and what their keys mean. */
export type TableName =
  /** ['package', digest] and ['prepared', key]: size and times of a cached body. */
  | 'entries'
  /** Same keys as `entries`: the bytes. */
  | 'bodies'
  /** [id, origin]. */
  | 'installed'
  /** [extension key, permission name, space, digest]; before the name, where it is a subject's decision, the subject as JSON and a space. */
  | 'grants'
  /** [extension key, '']: how often it was uninstalled; outlives it. */
  | 'generations'
  /** [extension key, user key]. */
  | 'values'
  /** [extension key, directory, NUL, number of the node]: nodes of an extension's directories. */
  | 'files'
  /** [extension key or 'host', name]: sealed secrets; ['', 'key']: what they are sealed with. */
  | 'vault'
  /** [extension key, '']: bytes in `values` and the last version given; 'files': bytes in `files`; 'files ' and a directory: its revision. */
  | 'usage'
  /** ['block', number of its first row]: rows of the audit log; ['tail', '']: where it ends; ['key', '']: what it is signed with. */
  | 'audit'

export const TABLE_NAMES: readonly TableName[] = Object.freeze(['entries', 'bodies', 'installed', 'grants', 'generations', 'values', 'files', 'vault', 'usage', 'audit'])

export type Key = readonly [group: string, name: string]

/** Keys of one group from `from` up to, not including, `to`; `to: undefined` is the group's end. Names compare by UTF-16 code units. */
export interface KeyRange {
  readonly group: string
  readonly from: string
  /** Leave out `from` itself. */
  readonly isOpen: boolean
  readonly to: string | undefined
}

export interface Row {
  readonly key: Key
  /** Read from disk: parse before use. */
  readonly value: unknown
}

export interface Table {
  get(key: Key): Promise<unknown>
  put(key: Key, value: unknown): Promise<void>
  delete(key: Key): Promise<void>
  deleteRange(range: KeyRange): Promise<void>
  /** Every row of the range, or of the table, in key order. */
  rows(range?: KeyRange): Promise<readonly Row[]>
  /** Names in order, at most `limit` (at least 1). */
  names(range: KeyRange, limit: number): Promise<readonly string[]>
}

export interface TransactionRequest {
  readonly tables: readonly TableName[]
  readonly mode: 'readonly' | 'readwrite'
  /** `strict` waits until the disk has it, `relaxed` (default) until the system has it; both are all-or-nothing. */
  readonly durability?: 'strict' | 'relaxed'
  /** Ends it, also while it waits for others: nothing of it is kept then, and it rejects with the reason. What is committed stays, and resolves. */
  readonly signal?: AbortSignal | undefined
}

export interface Database {
  /**
   * Runs `work` in one transaction and resolves when it is committed; when `work` rejects nothing of it is kept.
   * `work` must await nothing but its tables: IndexedDB commits as soon as a transaction is idle.
   * @throws {PackageError} store-failed when the database refuses or was closed by another tab
   * @throws {DisposedError} disposed
   */
  run<T>(request: TransactionRequest, work: (table: (name: TableName) => Table) => Promise<T>): Promise<T>
  /** Closes it; transactions that run are finished, later ones reject. Idempotent. */
  dispose(): void
}

/** All keys of a group. */
export function groupRange(group: string): KeyRange {
  return { group, from: '', isOpen: false, to: undefined }
}

/**
 * Names of `group` that begin with `prefix` and come after `after`; undefined when no name can.
 * The upper bound is the first string after all that begin with the prefix: its last code unit below 0xFFFF plus one.
 */
export function prefixRange(group: string, prefix: string, after: string | undefined): KeyRange | undefined {
  const to = successor(prefix)
  const isAfter = after !== undefined && after >= prefix
  const from = isAfter ? after : prefix
  // IndexedDB throws for a range that ends before it begins.
  if (to !== undefined && from >= to) return undefined
  return { group, from, isOpen: isAfter, to }
}

function successor(prefix: string): string | undefined {
  for (let end = prefix.length; end > 0; end--) {
    const unit = prefix.charCodeAt(end - 1)
    if (unit < 0xffff) return prefix.slice(0, end - 1) + String.fromCharCode(unit + 1)
  }
  return undefined
}
