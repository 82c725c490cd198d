/** Key prefixes of the extension's own storage. */
import type { StorageScope } from '../../manifest/permission.ts'
import { narrower, parseStrings, type ScopeKind } from './kind.ts'

export const STORAGE: ScopeKind<StorageScope> = {
  parse(input) {
    const prefixes = 'prefixes' in input ? parseStrings(input.prefixes) : undefined
    return prefixes && Object.freeze({ prefixes })
  },
  covers({ prefixes }, use) {
    if (use.kind === 'storage') return prefixes.some((prefix) => use.key.startsWith(prefix))
    return use.kind === 'storage-prefix' && prefixes.some((prefix) => use.prefix.startsWith(prefix))
  },
  isWithin: (asked, granted) => asked.prefixes.every((prefix) => granted.prefixes.some((other) => prefix.startsWith(other))),
  intersect(one, other) {
    const prefixes = narrower(one.prefixes, other.prefixes, (inner, outer) => inner.startsWith(outer))
    return prefixes.length > 0 ? Object.freeze({ prefixes }) : undefined
  },
}
