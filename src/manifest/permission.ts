/**
 * Permissions as a manifest asks for them: the names this version knows, and the scope of each.
 * Matching a use against a granted scope is `permission/`'s work; this file only gives the words.
 */

export type PermissionName = 'http:read' | 'http:write' | 'storage:read' | 'storage:write' | 'file:read' | 'file:write'
export const PERMISSION_NAMES: readonly PermissionName[] = Object.freeze([
  'http:read', 'http:write', 'storage:read', 'storage:write', 'file:read', 'file:write',
])

export interface HttpScope {
  /** Exact origins, as `new URL(x).origin` prints them: `https://api.example.com`, `http://127.0.0.1:8080`. 1 to 64. */
  readonly origins: readonly string[]
  /** Follow redirects? Default false: a redirect is an error. Followed ones must end at a granted origin. */
  readonly redirects: boolean
}

export interface StorageScope {
  /** Key prefixes; `''` is every key. 1 to 64. */
  readonly prefixes: readonly string[]
}

export interface FileScope {
  /**
   * Directories of the extension's own that outlive its instances, by the absolute paths at which a WebAssembly guest finds them: `/data`. 1 to 64.
   * No files of the user's.
   */
  readonly directories: readonly string[]
}

export type Scope = HttpScope | StorageScope | FileScope

export interface HttpPermission { readonly name: 'http:read' | 'http:write'; readonly scope: HttpScope; readonly reason: string }
export interface StoragePermission { readonly name: 'storage:read' | 'storage:write'; readonly scope: StorageScope; readonly reason: string }
export interface FilePermission { readonly name: 'file:read' | 'file:write'; readonly scope: FileScope; readonly reason: string }

/** One permission as requested: name, scope, and the author's reason (hostile text: clean it before showing). */
export type Permission = HttpPermission | StoragePermission | FilePermission
