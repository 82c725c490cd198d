/**
 * Does a scope cover a use? Exact comparison of parsed values only: no wildcards, no suffixes, no patterns, since every
 * published hole of this kind (`notexample.com`, `example.com.evil`) was a match that was not exact.
 */
import type { ScopeUse } from '../manifest/authorization.ts'
import { httpOrigin } from '../manifest/origin.ts'
import type { FileScope, HttpScope, Permission, PermissionName, Scope, StorageScope } from '../manifest/permission.ts'

/** A permission's name and scope; a manifest's permission and a grant both are one. */
export interface Scoped {
  readonly name: PermissionName
  readonly scope: Scope
}

/** True when `use` lies wholly inside the permission's scope. */
export function covers(permission: Scoped, use: ScopeUse): boolean {
  switch (use.kind) {
    case 'http': {
      if (!isHttp(permission)) return false
      const origin = httpOrigin(use.origin)
      return origin !== undefined && permission.scope.origins.some((granted) => httpOrigin(granted) === origin)
    }
    case 'storage':
      return isStorage(permission) && permission.scope.prefixes.some((prefix) => use.key.startsWith(prefix))
    case 'storage-prefix':
      return isStorage(permission) && permission.scope.prefixes.some((prefix) => use.prefix.startsWith(prefix))
    case 'file':
      return isFile(permission) && permission.scope.directories.includes(use.directory)
    default:
      use satisfies never
      return false
  }
}

/** True when everything that `asked` covers is covered by `granted` too: no reason to ask again. */
export function isWithin(asked: Scoped, granted: Scoped): boolean {
  if (asked.name !== granted.name) return false
  if (isHttp(asked)) {
    return isHttp(granted) && (!asked.scope.redirects || granted.scope.redirects) &&
      asked.scope.origins.every((origin) => covers(granted, { kind: 'http', origin }))
  }
  if (isFile(asked)) return asked.scope.directories.every((directory) => covers(granted, { kind: 'file', directory }))
  return isStorage(asked) && asked.scope.prefixes.every((prefix) => covers(granted, { kind: 'storage-prefix', prefix }))
}

/** May a request follow redirects under this scope? */
export function allowsRedirects(permission: Scoped): boolean {
  return isHttp(permission) && permission.scope.redirects
}

/**
 * A fresh frozen scope from what a store gave back, or undefined where it is not one for `name`.
 */
export function parseScope(name: PermissionName, input: unknown): Scope | undefined {
  if (typeof input !== 'object' || input === null) return undefined
  if (name === 'http:read' || name === 'http:write') {
    const origins = 'origins' in input ? parseStrings(input.origins) : undefined
    const redirects = 'redirects' in input ? input.redirects : undefined
    return origins !== undefined && typeof redirects === 'boolean' ? Object.freeze({ origins, redirects }) : undefined
  }
  if (name === 'file:read' || name === 'file:write') {
    const directories = 'directories' in input ? parseStrings(input.directories) : undefined
    return directories === undefined ? undefined : Object.freeze({ directories })
  }
  const prefixes = 'prefixes' in input ? parseStrings(input.prefixes) : undefined
  return prefixes === undefined ? undefined : Object.freeze({ prefixes })
}

/** A copy that nobody who gets it can change for us. */
export function copyScope(scope: Scope): Scope {
  if ('directories' in scope) return Object.freeze({ directories: Object.freeze([...scope.directories]) })
  return 'origins' in scope
    ? Object.freeze({ origins: Object.freeze([...scope.origins]), redirects: scope.redirects })
    : Object.freeze({ prefixes: Object.freeze([...scope.prefixes]) })
}

function parseStrings(input: unknown): readonly string[] | undefined {
  if (!Array.isArray(input) || input.length > 64) return undefined
  const strings: string[] = []
  for (const item of input as readonly unknown[]) { // an array by the check above
    if (typeof item !== 'string') return undefined
    strings.push(item)
  }
  return Object.freeze(strings)
}

function isHttp(permission: Scoped): permission is { readonly name: Permission['name']; readonly scope: HttpScope } {
  return (permission.name === 'http:read' || permission.name === 'http:write') && 'origins' in permission.scope
}

function isStorage(permission: Scoped): permission is { readonly name: Permission['name']; readonly scope: StorageScope } {
  return (permission.name === 'storage:read' || permission.name === 'storage:write') && 'prefixes' in permission.scope
}

function isFile(permission: Scoped): permission is { readonly name: Permission['name']; readonly scope: FileScope } {
  return (permission.name === 'file:read' || permission.name === 'file:write') && 'directories' in permission.scope
}
