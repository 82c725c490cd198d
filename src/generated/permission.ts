/** Made from wit/permission.wit by `npm run generate`. Do not edit. */
import type { CallError } from './types.ts'

/** A permission is written with a colon elsewhere: `http:read`. */
export type PermissionName =
  /** GET and HEAD. */
  | 'http-read'
  /** Every other method. */
  | 'http-write'
  | 'storage-read'
  | 'storage-write'
  /** Directories of the extension's own that outlive its instances. */
  | 'file-read'
  | 'file-write'
  | 'vault-read'
  | 'vault-write'
  /** A secret in a request's header, without seeing it. */
  | 'vault-use'
  | 'event-emit'
  | 'event-listen'
  | 'data-read'
  | 'data-write'
  | 'clipboard-read'
  | 'clipboard-write'
  | 'notification-show'
  | 'serial-open'
  | 'extension-call'
  /** What the app provides itself. */
  | 'host-call'

export type PermissionState =
  | 'granted'
  | 'denied'
  /** Will be asked for at its first use. */
  | 'prompt'

/** The extension's own permissions. It can see them and ask for them; what was denied or revoked, only the host asks for again. */
export interface Permission {
  /** How it stands now; `denied` for what the manifest does not ask for. */
  query(name: PermissionName): Result<PermissionState, CallError>

  /** Asks the user where the state is `prompt`; gives the state afterwards. */
  request(name: PermissionName): Result<PermissionState, CallError>

  /**
   * The same for several, in one question; gives the states in their order. A question needs the user to have just done something, each another:
   * who needs several asks for them together.
   */
  requestAll(names: readonly PermissionName[]): Result<readonly PermissionState[], CallError>
}

export type Result<T, E> = { readonly tag: 'ok'; readonly val: T } | { readonly tag: 'err'; readonly val: E }
