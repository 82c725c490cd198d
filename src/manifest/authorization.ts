/**
 * What a capability asks of the broker and what it gets back. It sits beside the permissions because both peers need it:
 * capabilities never import the broker, nor the broker a capability.
 */
import type { DeviceFilter } from './device-filter.ts'

/** What is used, to be matched against granted scopes. */
export type ScopeUse =
  /** Method and path of the parsed URL that is fetched. */
  | { readonly kind: 'http'; readonly origin: string; readonly method: string; readonly path: string }
  | { readonly kind: 'storage'; readonly key: string }
  | { readonly kind: 'storage-prefix'; readonly prefix: string }
  | { readonly kind: 'file'; readonly directory: string }
  | { readonly kind: 'file-picked' }
  | { readonly kind: 'secret'; readonly name: string }
  /** Names of secrets; the caller tells only those that are covered. */
  | { readonly kind: 'secrets' }
  | { readonly kind: 'event'; readonly name: string }
  | { readonly kind: 'collection'; readonly name: string }
  /** `installation`: who has that id now, in the host's words; undefined: nobody. A grant is for whom it was about. */
  | { readonly kind: 'extension'; readonly id: string; readonly installation?: string | undefined }
  /** `name`: `<capability>.<need>` of what the app provides. `called`: in the guest's own words, which is all that a refusal repeats. */
  | { readonly kind: 'provided'; readonly name: string; readonly called?: string }
  /** Covered where at least one device is; undefined: whichever are. */
  | { readonly kind: 'device'; readonly filters?: readonly DeviceFilter[] | undefined }
  /** Of permissions that are all or nothing. */
  | { readonly kind: 'plain' }

export interface Authorization {
  /** Follow redirects (http only). */
  readonly redirects: boolean
  /** What devices may be chosen among (devices only); undefined: every one. */
  readonly filters?: readonly DeviceFilter[]
  /** Is this other use (a redirect's target, say) covered as well by what is granted right now? Never prompts. */
  covers(use: ScopeUse): boolean
  /** The user was asked for this very use, and has just allowed it. */
  readonly isJustAllowed?: boolean
  /** Aborts with PermissionError 'permission-revoked' when a grant behind this is revoked. */
  readonly signal: AbortSignal
}
