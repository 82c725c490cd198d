/** The catalogue: which kind of scope each permission has. */
import type { ScopeUse } from '../../manifest/authorization.ts'
import type { DeviceScope, PermissionName, Scope, ScopeOf } from '../../manifest/permission.ts'
import { FILE } from './file.ts'
import { HTTP } from './http.ts'
import type { ScopeKind } from './kind.ts'
import { COLLECTIONS, EVENTS, EXTENSIONS, PROVIDED, SECRETS } from './names.ts'
import { DEVICE, PLAIN } from './plain.ts'
import { STORAGE } from './storage.ts'

const KINDS: { readonly [Name in PermissionName]: ScopeKind<ScopeOf[Name]> } = {
  'http:read': HTTP, 'http:write': HTTP,
  'storage:read': STORAGE, 'storage:write': STORAGE,
  'file:read': FILE, 'file:write': FILE,
  'vault:read': SECRETS, 'vault:write': SECRETS, 'vault:use': SECRETS,
  'event:emit': EVENTS, 'event:listen': EVENTS,
  'data:read': COLLECTIONS, 'data:write': COLLECTIONS,
  'clipboard:read': PLAIN, 'clipboard:write': PLAIN, 'notification:show': PLAIN,
  'serial:open': DEVICE,
  'extension:call': EXTENSIONS,
  'host:call': PROVIDED,
}

/** A permission's name and scope; a manifest's permission and a grant both are one. */
export interface Scoped {
  readonly name: PermissionName
  readonly scope: Scope
}

/** True when `use` lies wholly inside the permission's scope. */
export function covers({ name, scope }: Scoped, use: ScopeUse): boolean {
  return kindOf(name).covers(scope, use)
}

/** True when everything that `asked` covers is covered by `granted` too: no reason to ask again. */
export function isWithin(asked: Scoped, granted: Scoped): boolean {
  return asked.name === granted.name && kindOf(asked.name).isWithin(asked.scope, granted.scope)
}

/** The part of `one` that `other` covers as well, or undefined where that is nothing. */
export function intersect(one: Scoped, other: Scoped): Scope | undefined {
  return one.name === other.name ? kindOf(one.name).intersect(one.scope, other.scope) : undefined
}

/** The part of `permission` that `granted` grants: none where they have nothing in common. */
export function partOf(permission: Scoped, granted: Scoped): readonly Scoped[] {
  const scope = intersect(permission, granted)
  return scope === undefined ? [] : [Object.freeze({ name: permission.name, scope })]
}

/** Those that lie within no other. */
export function widest(parts: readonly Scoped[]): readonly Scoped[] {
  return parts.filter((part, index) => !parts.some((other, at) => at !== index && isWithin(part, other) && (at < index || !isWithin(other, part))))
}

/** True when nothing at all is covered. */
export function isEmpty(scoped: Scoped): boolean {
  return intersect(scoped, scoped) === undefined
}

/** May a request follow redirects under this scope? */
export function allowsRedirects({ scope }: Scoped): boolean {
  return 'redirects' in scope && scope.redirects
}

/** What devices may be chosen among; nothing of other scopes, or where it is every one. */
export function filtersOf({ scope }: Scoped): Pick<DeviceScope, 'filters'> {
  return 'filters' in scope && scope.filters !== undefined ? { filters: scope.filters } : {}
}

/** A fresh frozen scope from what a store gave back, or undefined where it is not one for `name`. */
export function parseScope(name: PermissionName, input: unknown): Scope | undefined {
  return typeof input === 'object' && input !== null ? kindOf(name).parse(input) : undefined
}

/** The same, of a value that must say nothing that is not understood: a misspelt `paths` would be no limit at all. */
export function parseExactScope(name: PermissionName, input: unknown): Scope | undefined {
  const scope = parseScope(name, input)
  return scope !== undefined && saysNoMore(input, scope) ? scope : undefined
}

function saysNoMore(input: unknown, parsed: unknown): boolean {
  if (typeof input !== 'object' || input === null || typeof parsed !== 'object' || parsed === null) return Object.is(input, parsed)
  const known = new Map<string, unknown>(Object.entries(parsed))
  return Object.entries(input).every(([key, value]) => value === undefined || (known.has(key) && saysNoMore(value, known.get(key))))
}

/** A copy that nobody who gets it can change for us. */
export function copyScope(name: PermissionName, scope: Scope): Scope {
  return kindOf(name).parse(scope) ?? scope
}

/** A name and its scope always come from one parser (the manifest's, or `parseScope`), so the kind fits the scope. */
function kindOf(name: PermissionName): ScopeKind<Scope> {
  return KINDS[name] as ScopeKind<Scope>
}
