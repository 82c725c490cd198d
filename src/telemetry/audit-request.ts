/** What the app asks of its audit log, checked: a misspelt filter would match everything or nothing, a misspelt head would read as tampering. */
import { requireKnownKeys, requireObject } from '../util/known-keys.ts'
import type { AuditFilter, AuditQuery } from './audit-query.ts'
import { AUDIT_KINDS } from './audit-row.ts'

const FILTER: readonly (keyof AuditFilter)[] = ['extension', 'kind', 'outcome', 'from', 'to']
const QUERY: readonly (keyof AuditQuery)[] = [...FILTER, 'before', 'limit']
/** HMAC-SHA-256 in hex; empty while nothing was ever written. */
const MAC = /^([0-9a-f]{64})?$/

/** @throws {TypeError} for a key, a kind or a type that there is not */
export function requireQuery(query: object): void {
  requireKnownKeys('audit.query', query, QUERY)
  requireFields('audit.query', query)
}

/** @throws {TypeError} as `requireQuery` */
export function requireFilter(filter: unknown): void {
  requireObject('audit.export', filter)
  requireKnownKeys('audit.export', filter, FILTER)
  requireFields('audit.export', filter)
}

/** @throws {TypeError} for what is no head */
export function requireHead(head: unknown): void {
  const [seq, mac]: readonly unknown[] = typeof head === 'object' && head !== null ? [Reflect.get(head, 'seq'), Reflect.get(head, 'mac')] : []
  if (typeof seq === 'number' && Number.isSafeInteger(seq) && seq >= 0 && typeof mac === 'string' && MAC.test(mac)) return
  throw new TypeError('audit.verify: head must be { seq, mac }, as audit.head() gave it.')
}

function requireFields(place: string, query: object): void {
  const fields = new Map<string, unknown>(Object.entries(query))
  for (const [names, type] of [[['extension', 'outcome'], 'string'], [['from', 'to', 'before'], 'number']] as const) {
    for (const name of names) {
      const value = fields.get(name)
      if (value !== undefined && (typeof value !== type || Number.isNaN(value))) throw new TypeError(`${place}: ${name} must be a ${type}, got ${String(value).slice(0, 40)}.`)
    }
  }
  const kind = fields.get('kind')
  const kinds: readonly unknown[] = kind === undefined ? [] : Array.isArray(kind) ? kind : [kind]
  const wrong = kinds.find((one) => !AUDIT_KINDS.some((known) => known === one))
  if (kinds.includes(wrong)) throw new TypeError(`${place}: there is no kind ${JSON.stringify(wrong)?.slice(0, 100)}; known are ${AUDIT_KINDS.join(', ')}.`)
}
