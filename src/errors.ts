/**
 * Every error that leaves glovebox: one class per who must act, a `code` from a closed union, one line per code.
 * Codes are API (kebab-case, equal to the WIT enum case and the code on the wire); messages are for people.
 */

const BRAND = Symbol.for('glovebox.error')

export type ErrorDetails = Readonly<Record<string, string | number | boolean | readonly string[]>>

export interface ErrorOptions {
  /** Kept on the host side only; never crosses the wire. */
  readonly cause?: unknown
  /** Machine-readable facts that the message also states. */
  readonly details?: ErrorDetails
}

/** Base of all errors of this library; tell them apart by `code`, or by class within one realm. */
export abstract class GloveboxError<Code extends string = string> extends Error {
  readonly code: Code
  readonly details: ErrorDetails

  constructor(code: Code, message: string, options: ErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.code = code
    this.details = Object.freeze({ ...options.details })
    Object.defineProperty(this, BRAND, { value: true })
  }
}

export type ManifestErrorCode =
  /** The manifest is not JSON, or breaks the schema; `details.problems` lists every problem with its path. */
  | 'manifest-invalid'
/** The extension's author must mend the manifest. */
export class ManifestError extends GloveboxError<ManifestErrorCode> {}

export type PackageErrorCode =
  /** A URL of the package could not be fetched, or answered with a redirect or an error status. */
  | 'fetch-failed'
  /** The package or one of its files is larger than the limits allow. */
  | 'package-too-large'
  /** The zip is damaged, or breaks the rules for archives (entries, ratio, paths, duplicate names). */
  | 'archive-invalid'
  /** The manifest lists a file that is not there, or the package holds one that is not listed. */
  | 'file-missing'
  /** Bytes do not have the digest that was promised. */
  | 'digest-mismatch'
  /** A module of the package does not parse; `details.file`, `details.line`, `details.column`. */
  | 'syntax-error'
  /** A module imports what the package does not hold (bare specifier, missing file). */
  | 'import-unresolved'
  /** `box.get` of, or a call to, an extension that is not installed. */
  | 'not-installed'
  /** IndexedDB is missing or refused: choose `store: 'memory'` explicitly. */
  | 'store-unavailable'
  /** Another tab holds an old version of the database open. */
  | 'store-blocked'
  /** IndexedDB failed in a transaction; the old state is kept. */
  | 'store-failed'
  /** A WebAssembly file is damaged, or uses what this library or engine does not know; `details.offset` where it is known. */
  | 'wasm-invalid'
  /** A WebAssembly file is of another kind (core module, component, neither) than the manifest's lane needs. */
  | 'wasm-kind'
  /** A module's memories or tables cannot be capped: 64-bit, shared, garbage-collected, or too many of them. */
  | 'wasm-memory'
  /** A name inside a WebAssembly file has characters that generated code must not meet. */
  | 'unsafe-name'
  /** The transpiler refused the component, or broke on it. */
  | 'transpile-failed'
  /** What the transpiler made of a component is not the one statement that a worker may run. */
  | 'unsafe-glue'
  /** Bytes that should be a prepared component are not. */
  | 'prepared-invalid'
  /** An extension that the manifest links to is not installed. */
  | 'link-missing'
  /** It is, in another version, or without the exports or the interface that the link names. */
  | 'link-mismatch'
/** The package's bytes or the place that keeps them are at fault. */
export class PackageError extends GloveboxError<PackageErrorCode> {}

export type PolicyErrorCode =
  /** The digest is not in the allow-list of `trust`. */
  | 'untrusted-digest'
  /** The id belongs to an extension of another origin. */
  | 'id-taken'
  /** The record was made under a trust kind that this box does not accept. */
  | 'trust-mismatch'
/** The bytes are sound, but the host's trust policy does not accept them. */
export class PolicyError extends GloveboxError<PolicyErrorCode> {}

export type PermissionErrorCode =
  /** No grant covers this use, and the prompt (if any) said no. */
  | 'permission-denied'
  /** A grant that covered this use was revoked, before or during the call. */
  | 'permission-revoked'
  /** The permission's name is not in the catalogue. */
  | 'permission-unknown'
  /** A call to an extension that waits, by way of others, for the one that calls. */
  | 'link-cycle'
/** The user or the host said no. */
export class PermissionError extends GloveboxError<PermissionErrorCode> {}

export type LimitErrorCode =
  /** A call or a start did not end in time; the instance is gone. */
  | 'deadline-exceeded'
  /** An entry into the guest outside calls took longer than `turnMs`; the instance is gone. */
  | 'turn-exceeded'
  /** A value is too large, too deep or has too many nodes for one message. */
  | 'message-too-large'
  /** The guest's memory reached its cap. */
  | 'memory-exceeded'
  /** Too many unconfirmed deaths in a minute; starting is refused for a minute. */
  | 'restart-limit'
  /** Too many calls wait for an instance, or too many capability calls are pending. */
  | 'queue-full'
  /** Too many timers, delegated objects, streams or the like. */
  | 'too-many-handles'
  /** More of something in a time than allowed: `details.limit` says of what, `details.retryAfterMs` when there is room again. */
  | 'rate-limit'
  /** A request or response body is larger than allowed. */
  | 'body-too-large'
  /** The extension's storage is full. */
  | 'quota-exceeded'
  /** A chain of calls from extension to extension is longer than 8. */
  | 'link-depth'
/** A numeric ceiling was reached. */
export class LimitError extends GloveboxError<LimitErrorCode> {}

export type LaneErrorCode =
  /** The frame gave no handshake in time; the message names the URL and the usual causes. */
  | 'frame-missing'
  /** `createGlovebox` was called inside a glovebox frame or worker. */
  | 'nested'
  /** This engine or page lacks something that no lane can do without (WebAssembly, crypto.subtle…). */
  | 'not-supported'
  /** An asset of the library (worker source, engine) could not be loaded. */
  | 'asset-missing'
  /** The worker did not start. */
  | 'worker-failed'
  /** The code made for a component is larger than what a worker can be started with. */
  | 'glue-too-large'
/** The page, the engine or the set-up cannot run this. */
export class LaneError extends GloveboxError<LaneErrorCode> {}

export type GuestErrorCode =
  /** Guest code threw; `guestName`, `message` and `guestStack` are what it threw, as data. */
  | 'thrown'
  /** The guest's virtual machine died (trap, native stack overflow, worker error). */
  | 'crashed'
  /** Guest code recursed too deep. */
  | 'stack-overflow'
  /** A value has a part that cannot cross the wire; `details.path` tells which (`$.items[3].callback`). */
  | 'value-unsupported'
  /** The extension exports no function of that name. */
  | 'export-missing'
  /** A handle of an object that was disposed of, given away, belongs to another instance, or was lost with its instance. */
  | 'handle-stale'
export interface GuestErrorOptions extends ErrorOptions {
  readonly guestName?: string
  readonly guestStack?: string
  readonly guestCode?: string
  readonly payload?: unknown
}

/** Guest code is at fault; what it said is carried as data, never as behaviour. */
export class GuestError extends GloveboxError<GuestErrorCode> {
  /** Name of the thrown error as the guest gave it (`TypeError`), at most 128 characters. */
  readonly guestName: string
  /** Stack as the guest gave it, with the package's file names; at most 8 KiB. */
  readonly guestStack: string
  /** The thrown error's own `code` where it was a string, else ''. */
  readonly guestCode: string
  /** The value of the `err` case that a component's function returned; undefined otherwise. */
  readonly payload: unknown

  constructor(code: GuestErrorCode, message: string, options: GuestErrorOptions = {}) {
    super(code, message, options)
    this.payload = options.payload
    this.guestName = options.guestName ?? 'Error'
    this.guestStack = options.guestStack ?? ''
    this.guestCode = options.guestCode ?? ''
  }
}

export type WireErrorCode =
  /** The guest's side sent what its own half never sends: the ring is broken, the instance ends. */
  | 'malformed-message'
  /** More messages or bytes than the port's budget; the frame is removed. */
  | 'flood'
/** Protocol breach by the guest's side; the session is closed. */
export class WireError extends GloveboxError<WireErrorCode> {}

export type DisposedErrorCode =
  /** The box, extension or instance was disposed, stopped or uninstalled while the call was pending. */
  | 'disposed'
/** The caller (or another part of the host) ended the object. */
export class DisposedError extends GloveboxError<DisposedErrorCode> {}

// Set on the prototype as literals: minifiers rename classes, and a name must not change with a build.
const NAMES = new Map<Function, string>([
  [ManifestError, 'ManifestError'], [PackageError, 'PackageError'], [PolicyError, 'PolicyError'],
  [PermissionError, 'PermissionError'], [LimitError, 'LimitError'], [LaneError, 'LaneError'],
  [GuestError, 'GuestError'], [WireError, 'WireError'], [DisposedError, 'DisposedError'],
])
for (const [type, name] of NAMES) Object.defineProperty(type.prototype, 'name', { value: name, configurable: true })

export type ErrorCode =
  | ManifestErrorCode | PackageErrorCode | PolicyErrorCode | PermissionErrorCode | LimitErrorCode
  | LaneErrorCode | GuestErrorCode | WireErrorCode | DisposedErrorCode

/**
 * True when `error` was made by any copy of this library, in any realm of the page; with `code`, also when it has that code.
 */
export function isGloveboxError(error: unknown, code?: ErrorCode): error is GloveboxError {
  return typeof error === 'object' && error !== null && BRAND in error && (code === undefined || ('code' in error && error.code === code))
}
