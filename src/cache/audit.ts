/** The audit log's blocks, its tail and its key. Only appends, and drops of the oldest, exist: nothing here can change a row. */
import type { AuditStore, AuditTail, FoundBlock } from '../wire/audit-store.ts'
import type { Database, Key, KeyRange } from './database.ts'
import { isCount, parseFields } from './parse.ts'

const TAIL: Key = ['tail', '']
const KEY: Key = ['key', '']
/** Digits of the largest number that is counted exactly, so that names in order are numbers in order. */
const DIGITS = 16

export function createAuditStore(database: Database): AuditStore {
  return {
    keepKey: (fresh) =>
      database.run({ tables: ['audit'], mode: 'readwrite', durability: 'strict' }, async (table) => {
        const known = await table('audit').get(KEY)
        if (known instanceof CryptoKey) return known
        await table('audit').put(KEY, fresh)
        return fresh
      }),
    tail: () => database.run({ tables: ['audit'], mode: 'readonly' }, async (table) => parseTail(await table('audit').get(TAIL))),
    blocks: (from, to) =>
      database.run({ tables: ['audit'], mode: 'readonly' }, async (table) =>
        (await table('audit').rows(blockRange(from, to))).map(({ key: [, name], value }) => findBlock(Number(name), value)),
      ),
    append: ({ expected, block, tail, isStrict }) =>
      database.run({ tables: ['audit'], mode: 'readwrite', durability: isStrict ? 'strict' : 'relaxed' }, async (table) => {
        const current = parseTail(await table('audit').get(TAIL))
        if (current?.next !== expected?.next || current?.mac !== expected?.mac) return false
        await table('audit').put(['block', nameOf(block.first)], { text: block.text, mac: block.mac })
        if (tail.first > (current?.first ?? 0)) await table('audit').deleteRange(blockRange(0, tail.first))
        await table('audit').put(TAIL, tail)
        return true
      }),
  }
}

function blockRange(from: number, to: number): KeyRange {
  return { group: 'block', from: nameOf(from), isOpen: false, to: nameOf(Math.max(to, from + 1)) }
}

function nameOf(first: number): string {
  return String(first).padStart(DIGITS, '0')
}

function parseTail(row: unknown): AuditTail | undefined {
  const fields = parseFields(row)
  if (fields === undefined) return undefined
  const { first, next, mac, size } = fields
  return isCount(first) && isCount(next) && isCount(size) && typeof mac === 'string' ? { first, next, mac, size } : undefined
}

function findBlock(first: number, row: unknown): FoundBlock {
  const fields = parseFields(row)
  if (fields === undefined || typeof fields.text !== 'string' || typeof fields.mac !== 'string' || !isCount(first)) return { first, block: undefined }
  return { first, block: { first, text: fields.text, mac: fields.mac } }
}
