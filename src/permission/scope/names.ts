/** Scopes that are a list of names, each covered by being in it. */
import type { ScopeUse } from '../../manifest/authorization.ts'
import type { CollectionScope, EventScope, ExtensionScope, HostScope, SecretScope } from '../../manifest/permission.ts'
import { parseStrings, type ScopeKind } from './kind.ts'

/** @param nameOf  the name that a use is about; undefined for uses of other kinds */
function names<S extends object>(
  field: string, make: (list: readonly string[]) => S, listOf: (scope: S) => readonly string[], nameOf: (use: ScopeUse) => string | undefined,
): ScopeKind<S> {
  return {
    parse(input) {
      const list = parseStrings(new Map<string, unknown>(Object.entries(input)).get(field))
      return list && Object.freeze(make(list))
    },
    covers(scope, use) {
      const name = nameOf(use)
      return name !== undefined && listOf(scope).includes(name)
    },
    isWithin: (asked, granted) => listOf(asked).every((name) => listOf(granted).includes(name)),
    intersect(one, other) {
      const list = listOf(one).filter((name) => listOf(other).includes(name))
      return list.length > 0 ? Object.freeze(make(Object.freeze(list))) : undefined
    },
  }
}

const BY_SECRET = names<SecretScope>('secrets', (secrets) => ({ secrets }), ({ secrets }) => secrets, (use) => (use.kind === 'secret' ? use.name : undefined))
/** Whoever lists names tells those alone that are covered one by one. */
export const SECRETS: ScopeKind<SecretScope> = { ...BY_SECRET, covers: (scope, use) => (use.kind === 'secrets' ? scope.secrets.length > 0 : BY_SECRET.covers(scope, use)) }
export const EVENTS = names<EventScope>('events', (events) => ({ events }), ({ events }) => events, (use) => (use.kind === 'event' ? use.name : undefined))
export const COLLECTIONS = names<CollectionScope>(
  'collections', (collections) => ({ collections }), ({ collections }) => collections, (use) => (use.kind === 'collection' ? use.name : undefined),
)
export const EXTENSIONS = names<ExtensionScope>(
  'extensions', (extensions) => ({ extensions }), ({ extensions }) => extensions, (use) => (use.kind === 'extension' ? use.id : undefined),
)
export const PROVIDED = names<HostScope>(
  'capabilities', (capabilities) => ({ capabilities }), ({ capabilities }) => capabilities, (use) => (use.kind === 'provided' ? use.name : undefined),
)
