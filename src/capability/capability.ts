/**
 * The shape of every capability's host half. A capability is one file that exports a factory for this; it knows no lane, no port and no
 * database: all power comes as an argument. Everything in `args` came from a guest: it is unknown until parsed by the method itself.
 */
import type { LimitError } from '../errors.ts'
import type { Authorization, ScopeUse } from '../manifest/authorization.ts'
import type { Meter } from '../limit/meter.ts'
import type { ExtensionIdentity, Installation } from '../manifest/identity.ts'
import type { Limits } from '../manifest/limits.ts'
import type { PermissionName } from '../manifest/permission.ts'
import type { Provenance } from './provenance.ts'

export type { Authorization, ScopeUse } from '../manifest/authorization.ts'

export interface Capability {
  /** `'http'`, `'storage'`. */
  readonly name: string
  /** Keys are wire names: `'http.fetch'`, `'storage.get'`. A Map: the key of a call is a stranger's string. */
  readonly methods: ReadonlyMap<string, CapabilityMethod>
}

/**
 * One method. Resolves with a value of the wire's kinds (see wire/value.ts), or an AppAnswer (app-code.ts), or rejects with a CapabilityError,
 * PermissionError or LimitError, whose code and message reach the guest; any other rejection reaches it as `internal` without text.
 */
export type CapabilityMethod = (args: readonly unknown[], context: CapabilityContext) => Promise<unknown>

export interface CapabilityContext {
  readonly identity: ExtensionIdentity
  /** What it keeps belongs to this. */
  readonly installation: Installation
  readonly limits: Limits
  /** What it may use while it serves other extensions, where it does; `authorize` heeds it. */
  readonly onBehalf?: ReadonlySet<PermissionName>
  readonly provenance: Provenance
  /** What is counted for the extension, and for all of them together. */
  readonly meter: Meter
  /** Aborts when the epoch, the instance or the extension ends; its reason is a GloveboxError. */
  readonly signal: AbortSignal
  /** The guest waits for the page, after the reply as well, until the function that this gives is called: so long it does not compute. */
  waiting(): () => void
  /**
   * Looks the grant up, prompting where the state is `prompt`.
   * @throws {PermissionError} permission-denied, permission-revoked, permission-unknown; a denial's row is kept by then
   */
  authorize(permission: PermissionName, use: ScopeUse): Promise<Authorization>
  /** Files that it gives to the guest now stay there, if not asked for anew at each use: what has them ends with the grant. */
  keepFiles(grant: Authorization): void
  /** The call is such a use, says its row: what goes on under an earlier call's grant, and what is refused before one is looked up. */
  uses(permission: PermissionName, use: ScopeUse): void
  /**
   * Hands bytes to the guest under its credit; returns the id to put into the reply. Takes ownership of `source`: cancels it when the guest
   * or the epoch goes.
   */
  sendStream(source: ReadableStream<Uint8Array<ArrayBuffer>>): number
  /** A limit held back what the guest did not ask for now: the host hears of it. Once for each error, however often it is told. */
  limited(error: LimitError): void
  /**
   * Facts for the call's row in the audit log, at most 8: names from a manifest, counts. Never what a guest or a server wrote.
   */
  note(facts: Readonly<Record<string, string | number | boolean>>): void
  /** Takes the stream that the guest opened under `id`. Rejects ids it never opened with CapabilityError 'invalid-argument'. */
  receiveStream(id: number): ReadableStream<Uint8Array<ArrayBuffer>>
}

export type CapabilityErrorCode =
  /** An argument has the wrong type, form or range; the message says which, expected and got. */
  | 'invalid-argument'
  /** The network, the server's CORS answer or TLS failed; engines do not tell which. */
  | 'network-failed'
  /** The server redirected and the grant does not allow it, or the target is not granted. */
  | 'redirect-refused'
  /** `ifVersion` did not match. */
  | 'version-conflict'
  /** No such secret for this extension, or it is bound to other requests. */
  | 'secret-unavailable'
  /** The store failed; the old state is kept. */
  | 'store-failed'
  /** The linked extension is not installed, or was uninstalled meanwhile. */
  | 'link-missing'
  /** The linked extension is installed in a version that the link does not take. */
  | 'link-mismatch'
  /** This browser, or this page, does not have it. */
  | 'not-supported'
  /** The browser wants the user to have just clicked or typed in the page, and so do we. */
  | 'gesture-required'
  /** The browser, or the user in the browser's own dialog, does not allow it to the page. */
  | 'browser-refused'
  /** The user closed the browser's own chooser without a choice. */
  | 'cancelled'
  /** The device was unplugged, or stopped answering. */
  | 'device-lost'
  /** A fault of the host; its text stays there. */
  | 'internal'

/** A failure that the guest is meant to handle; never leaves through the public API of the host. */
export class CapabilityError extends Error {
  override readonly name = 'CapabilityError'
  readonly code: CapabilityErrorCode
  constructor(code: CapabilityErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
