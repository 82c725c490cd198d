/** Made from wit/types.wit by `npm run generate`. Do not edit. */

/** Why a call to the host failed. The same words are codes of errors in lanes that throw. */
export type ErrorCode =
  /** An argument has the wrong type, form or range. */
  | 'invalid-argument'
  /** No grant covers this use, and the user, if asked, said no. */
  | 'permission-denied'
  /** A grant that covered this use was taken back, before or during the call. */
  | 'permission-revoked'
  /** There is no permission of that name. */
  | 'permission-unknown'
  /** No connection, no answer for this page, or a failed handshake. */
  | 'network-failed'
  /** The server redirected to where the grant does not reach. */
  | 'redirect-refused'
  /** More requests, bytes, calls or events in a time than allowed. */
  | 'rate-limit'
  /** A body is larger than allowed. */
  | 'body-too-large'
  /** The exchange took longer than allowed. */
  | 'deadline-exceeded'
  /** The key is not at the version that was given. */
  | 'version-conflict'
  /** The extension's storage is full; nothing was written. */
  | 'quota-exceeded'
  /** There is no such secret for this extension, or it is bound to other requests. */
  | 'secret-unavailable'
  /** The store failed; what it held is unchanged. */
  | 'store-failed'
  /** A value is too large for one message. */
  | 'message-too-large'
  /** Too many streams or other objects are open. */
  | 'too-many-handles'
  /** Too many calls wait for their answer. */
  | 'queue-full'
  /** The extension that is called is not installed. */
  | 'link-missing'
  /** It is installed in a version that the link does not take. */
  | 'link-mismatch'
  /** It waits, by way of others, for the extension that calls. */
  | 'link-cycle'
  /** The chain of calls from extension to extension is too long. */
  | 'link-depth'
  /** This browser, or this page, does not have it. */
  | 'not-supported'
  /** The user must have just clicked or typed in the page. */
  | 'gesture-required'
  /** The browser, or the user in the browser's own dialog, does not allow it to the page. */
  | 'browser-refused'
  /** The user closed the browser's own chooser without a choice. */
  | 'cancelled'
  /** The device was unplugged, or stopped answering. */
  | 'device-lost'
  /** A fault of the host. */
  | 'internal'

export interface CallError {
  readonly code: ErrorCode
  /** For the extension's author; not for comparing. */
  readonly message: string
}
