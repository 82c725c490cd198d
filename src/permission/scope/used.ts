/**
 * The part of a scope that a use falls into, in the manifest's own words: for the audit log, which must not hold what guests write into
 * paths and keys. Of a use that nothing covers only an origin is told.
 */
import type { ScopeUse } from '../../manifest/authorization.ts'
import { httpOrigin } from '../../manifest/origin.ts'
import { covers, type Scoped } from './index.ts'

const METHODS: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/** Of an origin that nothing covers. */
const UNCOVERED_CHARS = 64

export function describeUsed(asked: Scoped | undefined, use: ScopeUse): string {
  const isCovered = asked !== undefined && covers(asked, use)
  if (use.kind === 'http') return describeRequest(isCovered ? asked : undefined, use)
  if (!isCovered) return ''
  switch (use.kind) {
    case 'storage':
    case 'storage-prefix': {
      const name = use.kind === 'storage' ? use.key : use.prefix
      const prefixes = 'prefixes' in asked.scope ? asked.scope.prefixes : []
      return `${prefixes.find((prefix) => name.startsWith(prefix)) ?? ''}*`
    }
    // Names are covered by being equal to one of the manifest's.
    case 'file':
      return use.directory
    case 'secret':
    case 'event':
    case 'collection':
    case 'provided':
      return use.name
    case 'extension':
      return use.id
    case 'secrets':
    case 'file-picked':
    case 'device':
    case 'plain':
      return use.kind
  }
}

function describeRequest(asked: Scoped | undefined, { origin, method, path }: Extract<ScopeUse, { kind: 'http' }>): string {
  const paths = asked !== undefined && 'paths' in asked.scope ? (asked.scope.paths ?? []) : []
  const prefix = paths.find((one) => path === one || path.startsWith(one.endsWith('/') ? one : `${one}/`)) ?? ''
  // A guest may name as many hosts as it likes: none of the manifest's is cut to what still tells it.
  const shown = (httpOrigin(origin) ?? '').slice(0, asked === undefined ? UNCOVERED_CHARS : undefined)
  return `${METHODS.includes(method) ? method : 'other'} ${shown}${prefix}`
}
