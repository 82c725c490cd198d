/** Types of the global `glovebox`, for extensions written in TypeScript: `"types": ["glovebox/extension"]`. */

export type GloveboxPermissionName =
  | 'http:read' | 'http:write' | 'storage:read' | 'storage:write' | 'file:read' | 'file:write' | 'vault:read' | 'vault:write' | 'vault:use'
  | 'event:emit' | 'event:listen' | 'data:read' | 'data:write' | 'clipboard:read' | 'clipboard:write' | 'notification:show' | 'serial:open'
  | 'extension:call' | 'host:call'
export type GloveboxPermissionState = 'granted' | 'denied' | 'prompt'

export interface GloveboxStorage {
  /** The value, or undefined where there is none. What it is, only you know: check it, an older version of yours may have written it. */
  get(key: string): Promise<unknown>
  get(key: string, options: { readonly version: true }): Promise<{ readonly value: unknown, readonly version: number } | undefined>
  /** Resolves with the new version. Rejects with the `code` `version-conflict` or `quota-exceeded`. `ifVersion: 0`: only where there is no such key. */
  set(key: string, value: unknown, options?: { readonly ifVersion?: number }): Promise<number>
  /** Resolves with true when there was something to delete. */
  delete(key: string, options?: { readonly ifVersion?: number }): Promise<boolean>
  /** Keys in order, at most 1000 a page; `cursor` is null after the last one. */
  list(options?: { readonly prefix?: string, readonly cursor?: string | null, readonly limit?: number }): Promise<{
    readonly keys: readonly string[], readonly cursor: string | null
  }>
}

/** Secrets of the extension's own. Those that the app shares are not among them: name one in the request header `x-glovebox-secret`. */
export interface GloveboxVault {
  /** Undefined where there is none. */
  get(name: string): Promise<string | undefined>
  /** 1 to 4096 characters; 64 secrets at most, else it rejects with the `code` `quota-exceeded`. */
  set(name: string, value: string): Promise<void>
  /** Resolves with true when there was something to delete. */
  delete(name: string): Promise<boolean>
  /** The names that the grant covers, in order. */
  list(): Promise<readonly string[]>
}

export interface GloveboxPermissions {
  /** How it stands; `denied` for what the manifest does not ask for. */
  query(name: GloveboxPermissionName): Promise<GloveboxPermissionState>
  /**
   * Asks the user where the state is `prompt`. Rejects with `permission-denied` unless the user has just done something in the page, or the app
   * made the call that asks because they had.
   */
  request(name: GloveboxPermissionName): Promise<GloveboxPermissionState>
  /** The same for several, in one question; resolves with the states in their order. */
  request(names: readonly GloveboxPermissionName[]): Promise<readonly GloveboxPermissionState[]>
}

/** The linked extension threw, or could not answer. */
export interface GloveboxExtensionError extends Error {
  readonly name: 'ExtensionError'
  readonly code: 'callee-failed'
  /** What it threw: its words, not the host's. `payload` is the error value of a component's result. */
  readonly cause: { readonly name: string, readonly code: string, readonly payload?: unknown }
}

export interface GloveboxExtensions {
  /** Id of the extension that made the current call; undefined when the app did. Read it before the first `await`. */
  readonly caller: string | undefined
  /**
   * Calls an export of the extension that the manifest links under this name. Rejects with a `GloveboxExtensionError`, or with the `code`
   * `permission-denied`, `permission-revoked`, `link-missing`, `link-mismatch`, `link-cycle` or `link-depth`.
   */
  call(link: string, name: string, args?: readonly unknown[]): Promise<unknown>
}

/** The manifest's links by name, each with the functions it may call. */
export type GloveboxLinks = Readonly<Record<string, Readonly<Record<string, (...args: readonly unknown[]) => Promise<unknown>>>>>
/** Items one after the other; `return()`, or leaving a `for await`, ends it. Rejects with the `code` `permission-revoked` once that is so. */
export interface GloveboxSubscription<Item> extends AsyncIterableIterator<Item, undefined, undefined> {
  /** Resolves when it has begun: what happens from then on, it gets. Rejects with a refusal, as `next()` does. */
  readonly opened: Promise<void>
  next(): Promise<IteratorResult<Item, undefined>>
  return(): Promise<IteratorResult<Item, undefined>>
}

export interface GloveboxEvent {
  readonly name: string
  /** JSON. What it is, its emitter knows: check it. */
  readonly value: unknown
  /** So many before this one were dropped, since they were not read in time. */
  readonly lost: number
}

export interface GloveboxEvents {
  /** `name` is `<your id>/<name>`, the value JSON. Rejects with the `code` `invalid-argument` where it does not fit the app's schema, or `rate-limit`. */
  emit(name: string, value?: unknown): Promise<void>
  /** As long as this instance runs. */
  listen(name: string): GloveboxSubscription<GloveboxEvent>
  /** Resolves, once it listens, with what ends it. A callback that gives a promise gets the next event when that has settled. */
  listen(name: string, callback: (event: GloveboxEvent) => unknown): Promise<() => void>
}

export interface GloveboxChange {
  /** JSON, as the app describes it. */
  readonly change: unknown
  /** So many before this one were dropped: read the collection again. */
  readonly lost: number
}

/** Collections of the app's. */
export interface GloveboxData {
  /** At most 1000 items a page; `cursor` is null after the last one. */
  read(collection: string, query?: unknown, options?: { readonly cursor?: string | null, readonly limit?: number }): Promise<{
    readonly items: readonly unknown[], readonly cursor: string | null
  }>
  /** Resolves with the app's answer. Rejects with the `code` `invalid-argument` where the change does not fit. */
  write(collection: string, change: unknown): Promise<unknown>
  subscribe(collection: string): GloveboxSubscription<GloveboxChange>
  subscribe(collection: string, callback: (item: GloveboxChange) => unknown): Promise<() => void>
}

/** What the app provides itself. */
export interface GloveboxHost {
  /** `method` is `<capability>.<method>`. */
  call(method: string, ...args: readonly unknown[]): Promise<unknown>
}

/** Rejects with the `code` `gesture-required` unless the user has just clicked or typed in the page, `browser-refused` or `not-supported`. */
export interface GloveboxClipboard {
  /** Text of at most 131072 characters. */
  readText(): Promise<string>
  writeText(text: string): Promise<void>
}

export interface GloveboxNotifications {
  /**
   * Shows the extension's id and name, and below them `title` (100 characters) and `body` (500). One with the same `tag` takes the other's place. Rejects
   * with the `code` `browser-refused` or `not-supported`, `gesture-required` where the browser has to ask first, and `rate-limit`.
   */
  show(message: { readonly title: string, readonly body?: string, readonly tag?: string }): Promise<void>
}

/** What is in a directory of the extension's own. */
export interface GloveboxFileEntry {
  readonly name: string
  /** A symbolic link only a component makes. */
  readonly kind: 'file' | 'directory' | 'symlink'
  readonly size: number
  /** ms since 1970. */
  readonly modified: number
}

/** A file that the user picked, for this instance of yours. */
export interface GloveboxPickedFile {
  readonly name: string
  readonly size: number
  /** What the browser takes it for; '' where it does not know. */
  readonly type: string
  /** ms since 1970. */
  readonly modified: number
  /** Its bytes from the beginning, each time. */
  read(): ReadableStream<Uint8Array<ArrayBuffer>>
  /** It is not needed any more: 64 may be open at once. */
  close(): Promise<void>
}

/**
 * Files of your own, in the directories that the manifest names, kept until you are uninstalled. Paths are absolute, `/data/a/b.txt`. Rejects with the
 * `code` `no-entry`, `is-directory`, `not-directory`, `not-permitted` for what leads out of the directory, `permission-denied` or `permission-revoked`.
 *
 * And the user's own files, by the browser's dialogs: `pick` and `save` reject with the `code` `gesture-required` unless the user has just clicked or typed
 * in the page, `cancelled` where they chose nothing, `body-too-large` beyond 256 MiB, `browser-refused` or `rate-limit`.
 */
export interface GloveboxFiles {
  /** The whole file. */
  read(path: string): Promise<Uint8Array<ArrayBuffer>>
  /** The whole file, as UTF-8. */
  readText(path: string): Promise<string>
  /**
   * Replaces the whole file, or makes it, with the directories on its way. A crash leaves the old file or the new. Rejects with the `code` `quota-exceeded`,
   * or `message-too-large` (`messageBytes`), and nothing has changed then; `version-conflict` where other instances keep being faster.
   */
  write(path: string, data: string | ArrayBuffer | ArrayBufferView): Promise<void>
  /** A file, or a directory with nothing in it (`not-empty`). */
  remove(path: string): Promise<void>
  /** By name. */
  list(path: string): Promise<readonly GloveboxFileEntry[]>
  /** At least one. `accept`: `.csv`, `image/png`, `image/*`. */
  pick(options?: { readonly accept?: readonly string[], readonly multiple?: boolean }): Promise<readonly GloveboxPickedFile[]>
  /** The user may choose another name and place. Resolves with the number of bytes; where it fails the file is as it was. */
  save(name: string, data: ReadableStream<Uint8Array> | ArrayBuffer | ArrayBufferView | Blob | string): Promise<number>
}

export interface GloveboxSerialPort {
  /** USB ids; null where the port is of another kind. */
  readonly vendorId: number | null
  readonly productId: number | null
  readonly readable: ReadableStream<Uint8Array<ArrayBuffer>>
  readonly writable: WritableStream<Uint8Array>
  /** Resolves after `close()`; rejects with the `code` `device-lost` where the device was unplugged, or `permission-revoked`. */
  readonly closed: Promise<void>
  setSignals(signals: { readonly dataTerminalReady?: boolean, readonly requestToSend?: boolean, readonly break?: boolean }): Promise<void>
  getSignals(): Promise<{
    readonly clearToSend: boolean, readonly dataCarrierDetect: boolean, readonly dataSetReady: boolean, readonly ringIndicator: boolean
  }>
  close(): Promise<void>
}

export interface GloveboxSerial {
  /**
   * The user chooses a device in the browser's chooser, which shows those that both `filters` and the permission name. Rejects with the `code`
   * `not-supported`, `gesture-required`, `cancelled` or `browser-refused`.
   */
  open(options: {
    readonly baudRate: number
    readonly filters?: readonly { readonly vendorId: number, readonly productId?: number }[]
    readonly dataBits?: 7 | 8
    readonly stopBits?: 1 | 2
    readonly parity?: 'none' | 'even' | 'odd'
    readonly flowControl?: 'none' | 'hardware'
    readonly bufferSize?: number
  }): Promise<GloveboxSerialPort>
}

/** What `fetch(request, env, ctx)` of a default export gets as `env`. */
export interface GloveboxEnv {
  readonly storage: GloveboxStorage
  readonly vault: GloveboxVault
  readonly permissions: GloveboxPermissions
  readonly extensions: GloveboxExtensions
  readonly links: GloveboxLinks
  readonly events: GloveboxEvents
  readonly data: GloveboxData
  readonly host: GloveboxHost
  readonly clipboard: GloveboxClipboard
  readonly notifications: GloveboxNotifications
  readonly files: GloveboxFiles
  readonly serial: GloveboxSerial
}

export interface GloveboxContext {
  /** The extension is kept for it after the response has ended, as long as for a call. */
  waitUntil(task: Promise<unknown>): void
  /** Does nothing: there is nobody behind you. */
  passThroughOnException(): void
}

declare global {
  const glovebox: GloveboxEnv
}
