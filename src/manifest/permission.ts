/**
 * Permissions as a manifest asks for them: the names this version knows, and the scope of each.
 * Matching a use against a granted scope is `permission/`'s work; this file only gives the words.
 */

export interface HttpScope {
  /** Exact origins, as `new URL(x).origin` prints them: `https://api.example.com`, `http://127.0.0.1:8080`. 1 to 64. */
  readonly origins: readonly string[]
  /** Follow redirects? Default false: a redirect is an error. Followed ones must end at a granted origin and path. */
  readonly redirects: boolean
  /** Path prefixes that end at a segment: `/v1` covers `/v1` and `/v1/a`, not `/v10`. Absent: every path. */
  readonly paths?: readonly string[]
  /** Absent: all that the permission's name allows. */
  readonly methods?: readonly string[]
}

export interface StorageScope {
  /** Key prefixes; `''` is every key. 1 to 64. */
  readonly prefixes: readonly string[]
}

export interface FileScope {
  /**
   * Directories of the extension's own that outlive its instances, by the absolute paths at which a WebAssembly guest finds them: `/data`. 0 to 64.
   * No files of the user's.
   */
  readonly directories: readonly string[]
  /** Files that the user picks, one by one, in the browser's own chooser. Absent: none. */
  readonly picked?: boolean
}

export interface SecretScope {
  /** Names of secrets. 1 to 64. */
  readonly secrets: readonly string[]
}

export interface EventScope {
  /** `<extension id>/<name>` or `host/<name>`. 1 to 64. */
  readonly events: readonly string[]
}

export interface CollectionScope {
  /** Names of collections that the host registers. 1 to 64. */
  readonly collections: readonly string[]
}

export interface ExtensionScope {
  /** Ids of extensions. 1 to 64. */
  readonly extensions: readonly string[]
}

export interface HostScope {
  /** What the app provides, by its own names: `<capability>.<need>`, such as `notes.read`. 1 to 64. */
  readonly capabilities: readonly string[]
}

export interface DeviceScope {
  /** What the browser's chooser shows; absent: every device. USB ids. */
  readonly filters?: readonly { readonly vendorId: number; readonly productId?: number }[]
}

/** Permissions that are all or nothing. */
export type PlainScope = Readonly<Record<never, never>>

/** Names by the scope they have. */
export interface ScopeOf {
  readonly 'http:read': HttpScope
  readonly 'http:write': HttpScope
  readonly 'storage:read': StorageScope
  readonly 'storage:write': StorageScope
  readonly 'file:read': FileScope
  readonly 'file:write': FileScope
  readonly 'vault:read': SecretScope
  readonly 'vault:write': SecretScope
  readonly 'vault:use': SecretScope
  readonly 'event:emit': EventScope
  readonly 'event:listen': EventScope
  readonly 'data:read': CollectionScope
  readonly 'data:write': CollectionScope
  readonly 'clipboard:read': PlainScope
  readonly 'clipboard:write': PlainScope
  readonly 'notification:show': PlainScope
  readonly 'serial:open': DeviceScope
  readonly 'extension:call': ExtensionScope
  readonly 'host:call': HostScope
}

export type PermissionName = keyof ScopeOf
export const PERMISSION_NAMES: readonly PermissionName[] = Object.freeze([
  'http:read', 'http:write', 'storage:read', 'storage:write', 'file:read', 'file:write', 'vault:read', 'vault:write', 'vault:use', 'event:emit',
  'event:listen', 'data:read', 'data:write', 'clipboard:read', 'clipboard:write', 'notification:show', 'serial:open', 'extension:call', 'host:call',
])

export type Scope = ScopeOf[PermissionName]

/** One permission as requested: name, scope, and the author's reason (hostile text: clean it before showing). */
export type Permission = { readonly [Name in PermissionName]: { readonly name: Name; readonly scope: ScopeOf[Name]; readonly reason: string } }[PermissionName]
