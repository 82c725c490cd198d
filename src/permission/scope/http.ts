/** Origins, and within them path prefixes and methods. Wildcards and suffixes do not exist (`notexample.com`, `example.com.evil`). */
import { httpOrigin } from '../../manifest/origin.ts'
import { isBelow } from '../../manifest/path-prefix.ts'
import type { HttpScope } from '../../manifest/permission.ts'
import { narrower, parseOptionalStrings, parseStrings, type ScopeKind } from './kind.ts'

export const HTTP: ScopeKind<HttpScope> = {
  parse(input) {
    const fields = new Map<string, unknown>(Object.entries(input))
    const origins = parseStrings(fields.get('origins'))
    const redirects = fields.get('redirects')
    const paths = parseOptionalStrings(fields.get('paths'))
    const methods = parseOptionalStrings(fields.get('methods'))
    if (origins === undefined || typeof redirects !== 'boolean' || paths === 'wrong' || methods === 'wrong') return undefined
    return Object.freeze({ origins, redirects, ...(paths && { paths }), ...(methods && { methods }) })
  },
  covers({ origins, paths, methods }, use) {
    if (use.kind !== 'http') return false
    const origin = httpOrigin(use.origin)
    return origin !== undefined && origins.some((granted) => httpOrigin(granted) === origin) &&
      (methods === undefined || methods.includes(use.method)) && (paths === undefined || isBelow(use.path, paths))
  },
  isWithin(asked, granted) {
    const isNarrower = (one: readonly string[] | undefined, other: readonly string[] | undefined, isIn: (item: string, list: readonly string[]) => boolean): boolean =>
      other === undefined || (one !== undefined && one.every((item) => isIn(item, other)))
    const grantedOrigins = granted.origins.map((origin) => httpOrigin(origin))
    return (!asked.redirects || granted.redirects) &&
      asked.origins.every((origin) => grantedOrigins.includes(httpOrigin(origin))) &&
      isNarrower(asked.methods, granted.methods, (method, list) => list.includes(method)) &&
      isNarrower(asked.paths, granted.paths, isBelow)
  },
  intersect(one, other) {
    type List = readonly string[] | undefined
    const both = (a: List, b: List, isWithin: (inner: string, outer: string) => boolean): List =>
      a === undefined || b === undefined ? (a ?? b) : narrower(a, b, isWithin)
    const origins = one.origins.filter((origin) => other.origins.some((item) => httpOrigin(item) === httpOrigin(origin)))
    const paths = both(one.paths, other.paths, (inner, outer) => isBelow(inner, [outer]))
    const methods = both(one.methods, other.methods, (inner, outer) => inner === outer)
    if ([origins, paths, methods].some((list) => list?.length === 0)) return undefined
    const redirects = one.redirects && other.redirects
    return Object.freeze({ origins: Object.freeze(origins), redirects, ...(paths && { paths }), ...(methods && { methods }) })
  },
}
