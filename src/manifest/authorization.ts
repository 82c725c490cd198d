/**
 * What a capability asks of the broker and what it gets back. It sits beside the permissions because both peers need it:
 * capabilities never import the broker, nor the broker a capability.
 */

/** What is used, to be matched against granted scopes. */
export type ScopeUse =
  | { readonly kind: 'http'; readonly origin: string }
  | { readonly kind: 'storage'; readonly key: string }
  | { readonly kind: 'storage-prefix'; readonly prefix: string }
  | { readonly kind: 'file'; readonly directory: string }

export interface Authorization {
  /** Follow redirects (http only). */
  readonly redirects: boolean
  /** Is this other use (a redirect's target, say) covered as well by what is granted right now? Never prompts. */
  covers(use: ScopeUse): boolean
  /** Aborts with PermissionError 'permission-revoked' when a grant behind this is revoked. */
  readonly signal: AbortSignal
}
