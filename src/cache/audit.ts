/** The audit log's blocks, its tail and its key. Only appends, and drops of whole blocks, exist: nothing here can change a row. */
import type { AuditStore, AuditTail, FoundBlock } from '../wire/audit-store.ts'
import { isCount } from '../util/count.ts'
import type { Database, Key, KeyRange, Table } from './database.ts'
import { parseFields } from './parse.ts'

const TAIL: Key = ['tail', '']
const KEY: Key = ['key', '']
/** Digits of the largest number that is counted exactly, so that names in order are numbers in order. */
const DIGITS = 16
/** IndexedDB counts in 32 bits. */
const MAX_NAMES = 2 ** 32 - 1
/** Read together, once there was a name that is none. */
const MIN_NAMES = 1000

export function createAuditStore(database: Database): AuditStore {
  return {
    keepKey: (fresh) =>
      database.run({ tables: ['audit'], mode: 'readwrite', durability: 'strict' }, async (table) => {
        const known = await table('audit').get(KEY)
        if (isLogKey(known)) return known
        await table('audit').put(KEY, fresh)
        return fresh
      }),
    tail: () => database.run({ tables: ['audit'], mode: 'readonly' }, async (table) => parseTail(await table('audit').get(TAIL))),
    blocks: (from, to) =>
      database.run({ tables: ['audit'], mode: 'readonly' }, async (table) =>
        (await table('audit').rows(blockRange(from, to))).filter(({ key: [, name] }) => isNumber(name)).map(({ key: [, name], value }) => findBlock(Number(name), value)),
      ),
    firsts: (from, to, limit = MAX_NAMES) =>
      database.run({ tables: ['audit'], mode: 'readonly' }, (table) => findFirsts(table('audit'), blockRange(from, to), limit)),
    append: ({ expected, blocks, drop, tail, isStrict }) =>
      database.run({ tables: ['audit'], mode: 'readwrite', durability: isStrict ? 'strict' : 'relaxed' }, async (table) => {
        const current = parseTail(await table('audit').get(TAIL))
        if (current?.next !== expected?.next || current?.mac !== expected?.mac) return false
        for (const { from, to } of drop) await table('audit').deleteRange(blockRange(from, to))
        for (const { first, ...block } of blocks) await table('audit').put(['block', nameOf(first)], block)
        await table('audit').put(TAIL, tail)
        return true
      }),
  }
}

/** Names that are no block's hide none that come after them. */
async function findFirsts(table: Table, range: KeyRange, limit: number): Promise<readonly number[]> {
  const names = await table.names(range, limit)
  const firsts = names.filter(isNumber).map(Number)
  const last = names.at(-1)
  if (last === undefined || names.length < limit || firsts.length === limit) return firsts
  return [...firsts, ...(await findFirsts(table, { ...range, from: last, isOpen: true }, Math.max(limit - firsts.length, MIN_NAMES)))].slice(0, limit)
}

function blockRange(from: number, to: number): KeyRange {
  return { group: 'block', from: nameOf(from), isOpen: false, to: nameOf(Math.max(to, from + 1)) }
}

function nameOf(first: number): string {
  return String(first).padStart(DIGITS, '0')
}

/** Is it written as we do? Another way of writing it would be a second block of the same number. */
function isNumber(name: string): boolean {
  return isCount(Number(name)) && nameOf(Number(name)) === name
}

/** One that others can read out, or that cannot sign, is none: with that one nothing could be written, or anybody could. */
function isLogKey(row: unknown): row is CryptoKey {
  return row instanceof CryptoKey && !row.extractable && row.algorithm.name === 'HMAC' && row.usages.includes('sign')
}

function parseTail(row: unknown): AuditTail | undefined {
  const fields = parseFields(row)
  if (fields === undefined) return undefined
  const { first, next, mac, size } = fields
  return isCount(first) && isCount(next) && isCount(size) && typeof mac === 'string' ? { first, next, mac, size } : undefined
}

function findBlock(first: number, row: unknown): FoundBlock {
  const fields = parseFields(row)
  const { text, previous, mac } = fields ?? {}
  const isBlock = typeof text === 'string' && typeof previous === 'string' && typeof mac === 'string'
  return { first, block: isBlock ? { first, text, previous, mac } : undefined }
}
