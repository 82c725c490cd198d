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

/** @param scrub  takes known secrets out: a guest may write what it knows into the name of a host that nothing covers */
export function describeUsed(asked: Scoped | undefined, use: ScopeUse, scrub = (text: string): string => text): string {
  const isCovered = asked !== undefined && covers(asked, use)
  if (use.kind === 'http') return isCovered ? describeRequest(use, originOf(use), asked) : describeRequest(use, scrub(originOf(use)).slice(0, UNCOVERED_CHARS))
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

type Request = Extract<ScopeUse, { kind: 'http' }>

/** @param shown  origin; a guest may name as many hosts as it likes: none of the manifest's is cut to what still tells it */
function describeRequest({ method, path }: Request, shown: string, asked?: Scoped): string {
  const paths = asked !== undefined && 'paths' in asked.scope ? (asked.scope.paths ?? []) : []
  const prefix = paths.find((one) => path === one || path.startsWith(one.endsWith('/') ? one : `${one}/`)) ?? ''
  return `${METHODS.includes(method) ? method : 'other'} ${shown}${prefix}`
}

function originOf({ origin }: Request): string {
  return httpOrigin(origin) ?? ''
}
