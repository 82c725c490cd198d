/**
 * An installed extension, as the app holds it: calls, permissions, start and stop. It is made by the box, which also ends it.
 */
import { DisposedError, type GloveboxError, GuestError, PackageError } from '../../errors.ts'
import type { Digest } from '../../manifest/digest.ts'
import type { Usage } from '../../limit/usage.ts'
import type { Limits } from '../../manifest/limits.ts'
import type { PackageManifest } from '../../manifest/manifest.ts'
import type { PermissionName, Scope } from '../../manifest/permission.ts'
import type { ExtensionPermissions } from '../../permission/extension-permissions.ts'
import type { PermissionGrant, PermissionStatus } from '../../permission/status.ts'
import { SYMBOL_DISPOSE } from '../../util/dispose.ts'
import { encodeValue, type ToHandle } from '../../wire/value.ts'
import { runCall, type CallRequest, type DeadlineSet } from '../call/call.ts'
import { outcomeOf } from './extension-telemetry.ts'
import type { FetchInit } from '../call/fetch-request.ts'
import { GloveboxEventTarget, type ExtensionState } from '../events.ts'
import { HandleTable, stale } from '../call/guest-handle.ts'
import type { Inspection } from './inspection.ts'
import type { Instance } from '../instance/instance.ts'
import type { Lifecycle } from '../instance/lifecycle.ts'
import type { RunOptions, RunResult } from '../call/run.ts'
import type { PendingCall, PendingCalls } from '../instance/pending-calls.ts'
import { valueLimits } from '../call/value-limits.ts'

export interface CallOptions {
  /** Aborting rejects the call with the signal's reason; a guest that does not yield then is ended. */
  readonly signal?: AbortSignal
  /** At most the extension's `callMs`, which is the default. */
  readonly timeoutMs?: number
}

/** Exports by name. Every property is a function; whether the extension has it is known when it is called. */
export type Exports = Readonly<Record<string, (...args: readonly unknown[]) => Promise<unknown>>>

/** The grants of one extension, for the host. */
export interface Permissions {
  query(): readonly PermissionStatus[]
  /** What is granted now: by whom, when, how far and until when. */
  grants(): readonly PermissionGrant[]
  /** Asks the user (again); resolves with the state of what was asked. @throws {PermissionError} permission-unknown, permission-denied */
  request(names: PermissionName | readonly PermissionName[]): Promise<readonly PermissionStatus[]>
  /** From now on uses fail with 'permission-revoked', in running calls too, and within a second in other tabs. */
  revoke(name: PermissionName): Promise<void>
  /**
   * Takes back all but `scope`; calls that use it end with 'permission-revoked' and may begin again.
   * @throws {RangeError} not within what is granted @throws {PermissionError} permission-denied: nothing is
   */
  narrow(name: PermissionName, scope: Scope): Promise<void>
}

export interface ExtensionParts {
  readonly id: string
  readonly origin: string
  readonly digest: Digest
  readonly manifest: PackageManifest
  readonly limits: Limits
  readonly lifecycle: Lifecycle
  /** Of its instances that serve other extensions. */
  readonly linked: () => readonly Lifecycle[]
  readonly permissions: ExtensionPermissions
  readonly calls: PendingCalls
  readonly deadlines: DeadlineSet
  readonly usage: () => Promise<Usage>
  /** Hears of every failed call, which its caller hears of when this has resolved. */
  readonly onFailure: (error: unknown) => Promise<void>
}

type RunLent = (instance: Instance, call: Pick<CallRequest, 'call' | 'args' | 'limits' | 'toHandle'>) => Promise<unknown>

/** @typeParam E  its exports, where they are known: what `types()` of `glovebox/node` writes for a component. */
export class Extension<E = Exports> extends GloveboxEventTarget {
  readonly id: string
  /** The manifest's URL up to its last `/`, or `local`. */
  readonly origin: string
  readonly digest: Digest
  readonly manifest: PackageManifest
  /** What it may use: the manifest's wishes under the host's policy. */
  readonly limits: Limits
  readonly permissions: Permissions
  readonly exports: E
  readonly #lifecycle: Lifecycle
  readonly #linked: ExtensionParts['linked']
  readonly #calls: PendingCalls
  readonly #deadlines: DeadlineSet
  readonly #usage: () => Promise<Usage>
  readonly #onFailure: (error: unknown) => Promise<void>
  readonly #handles: HandleTable
  #ended: GloveboxError | undefined

  /** @internal Made by the box. */
  constructor(parts: ExtensionParts) {
    super()
    this.id = parts.id
    this.origin = parts.origin
    this.digest = parts.digest
    this.manifest = parts.manifest
    this.limits = parts.limits
    this.#handles = new HandleTable(parts.limits.handles)
    this.#lifecycle = parts.lifecycle
    this.#linked = parts.linked
    this.#calls = parts.calls
    this.#deadlines = parts.deadlines
    this.#usage = parts.usage
    this.#onFailure = parts.onFailure
    const { permissions } = parts
    this.permissions = Object.freeze({
      query: () => permissions.query(),
      grants: () => permissions.grants(),
      request: (names: PermissionName | readonly PermissionName[]) => permissions.request(names),
      revoke: (name: PermissionName) => permissions.revoke(name),
      narrow: (name: PermissionName, scope: Scope) => permissions.narrow(name, scope),
    })
    this.exports = createExports((name, args) => this.call(name, args)) as E // the caller's word; a call tells whether it is so
  }

  get state(): ExtensionState {
    return this.#ended ? 'uninstalled' : this.#lifecycle.state
  }

  /**
   * Calls an export, starting the extension when needed. Byte buffers in `args` are transferred: they are detached afterwards.
   *
   * @throws {GuestError} thrown, crashed, stack-overflow, export-missing; value-unsupported (here or there, `details.path` tells where)
   * @throws {LimitError} deadline-exceeded, memory-exceeded, message-too-large, queue-full, restart-limit
   * @throws {WireError} malformed-message, flood: the sandbox's inner ring was broken, the instance is gone
   * @throws {DisposedError} disposed, when stopped meanwhile @throws {LaneError} when it cannot be started
   */
  async call(name: string, args: readonly unknown[] = [], options: CallOptions = {}): Promise<unknown> {
    if (typeof name !== 'string') throw new TypeError(`Expected the name of an export, got ${typeof name}.`)
    if (!Array.isArray(args)) throw new TypeError(`Expected the arguments of "${name}" as an array, got ${typeof args}: write call('${name}', [value]).`)
    const unknown = Object.keys(options).find((key) => key !== 'signal' && key !== 'timeoutMs')
    if (unknown !== undefined) throw new TypeError(`Unknown option ${JSON.stringify(unknown)} of call("${name}"): expected signal, timeoutMs.`)
    if (this.#ended) throw this.#ended
    options.signal?.throwIfAborted()
    const timeoutMs = callTimeout(options.timeoutMs, this.limits.callMs)
    const lent = this.#lease(name, args, options.signal, (instance, call) => {
      options.signal?.throwIfAborted()
      return runCall(instance, { ...call, timeoutMs, signal: options.signal }, this.#deadlines)
    })
    return options.signal ? untilAborted(lent, options.signal) : lent
  }

  /**
   * Lets the default export's `fetch` answer a request, starting the extension when needed. Both bodies stream; read the response's, or cancel
   * it: an extension with the lifetime `call` keeps its instance until then. The request's signal aborts the exchange, its body included.
   * The response is the extension's word: it must not become a document of your origin's.
   *
   * @throws as `call`; {GuestError} export-missing: no default export with a function `fetch`
   * @throws {TypeError} as `new Request` does
   */
  async fetch(input: Request | string | URL, init: FetchInit = {}): Promise<Response> {
    if (this.#ended) throw this.#ended
    const timeoutMs = callTimeout(init.timeoutMs, this.limits.callMs)
    const [{ prepareRequest }, { runFetch }] = await Promise.all([import('../call/fetch-request.ts'), import('../call/fetch.ts')])
    const request = await prepareRequest(input, init)
    const { signal, body } = request
    const call = this.#calls.open('fetch', { signal })
    const answered = new Promise<Response>((resolve, reject) => {
      this.#lend(call, async (instance) => {
        signal.throwIfAborted()
        const fetchCall = { call, request, timeoutMs, limits: this.limits, onFailure: this.#onFailure }
        const { response, ended } = await runFetch(instance, fetchCall, this.#deadlines)
        resolve(response)
        await ended
      }).catch((error: unknown) => {
        reject(error)
        if (body?.locked === false) body.cancel(error).catch(() => {}) // it never got to an instance
      })
    })
    return untilAborted(answered, signal)
  }

  /**
   * Runs a WASI command (`lane: 'core'` with the ABI `wasi`, or a component that exports `wasi:cli/run`) in fresh memory. A program that ends
   * with another exit code than 0 has run: that is no error.
   *
   * @throws as `call`; {GuestError} export-missing: it is no command @throws {TypeError} for wrong options
   */
  async run(options: RunOptions = {}): Promise<RunResult> {
    if (this.#ended) throw this.#ended
    const timeoutMs = callTimeout(options.timeoutMs, this.limits.callMs)
    const { checkRunOptions, runCommand } = await import('../call/run.ts')
    checkRunOptions(options)
    const { lane, core } = this.manifest
    if (lane === 'script' || (core !== undefined && core.abi !== 'wasi')) {
      throw new GuestError('export-missing', 'Only a WASI command can be run: the lane "core" with the ABI "wasi", or a component that exports wasi:cli/run.')
    }
    options.signal?.throwIfAborted()
    const call = this.#calls.open('run', { signal: options.signal })
    const ran = this.#lend(call, async (instance) => {
      options.signal?.throwIfAborted()
      return runCommand(instance, { call, options, timeoutMs, limits: this.limits }, this.#deadlines)
    })
    return options.signal ? untilAborted(ran, options.signal) : ran
  }

  /** Starts it ahead of the first call. @throws as `call` */
  async start(): Promise<void> {
    if (this.#ended) throw this.#ended
    try {
      await this.#lifecycle.start()
    } catch (error) {
      await this.#onFailure(error)
      throw error
    }
  }

  /** Ends every instance at once; pending calls reject with DisposedError. The next call starts it again. */
  async stop(): Promise<void> {
    const reason = new DisposedError('disposed', 'The extension was stopped.')
    for (const lifecycle of [this.#lifecycle, ...this.#linked()]) lifecycle.stop(reason)
  }

  /**
   * What it is doing: its instances with memory, calls, timers and handles, the calls that wait. Resolves within about 250 ms, also when guest
   * code holds a worker; that one is shown as busy. The worker's numbers are its own word: for people, not for decisions.
   */
  async inspect(): Promise<Inspection> {
    const { inspect } = await import('./inspection.ts')
    return inspect(this.state, [this.#lifecycle, ...this.#linked()], this.#calls)
  }

  /**
   * How much of each limit is used now: buckets of rates, and levels of what is kept and of what runs side by side. By the page's own count; asks
   * no worker, and is cheap enough for every second.
   *
   * @throws {PackageError} store-failed @throws {DisposedError} disposed
   */
  usage(): Promise<Usage> {
    return this.#usage()
  }

  /** Same as `stop`, for `using`. */
  dispose(): void {
    void this.stop()
  }

  [SYMBOL_DISPOSE](): void {
    this.dispose()
  }

  /** A method of an object in `owner`, which lives as long as that instance's memory. */
  #callMethod(owner: Instance, handle: number, name: string, args: readonly unknown[]): Promise<unknown> {
    return this.#lease(name, args, undefined, (instance, call) => {
      if (instance !== owner) throw stale()
      return runCall(instance, { ...call, handle, timeoutMs: this.limits.callMs, signal: undefined }, this.#deadlines)
    })
  }

  #lease(name: string, args: readonly unknown[], signal: AbortSignal | undefined, run: RunLent): Promise<unknown> {
    const payload = encodeValue(args, valueLimits(this.limits), this.#handles)
    const call = this.#calls.open(name, { signal })
    return this.#lend(call, async (instance) => {
      let receive: ToHandle | undefined
      // At the result: by then, a call before this one may have been left, and its objects with it.
      const toHandle: ToHandle = (wire) => (receive ??= this.#handles.receiver({
        signal: instance.objectsSignal,
        call: (...method) => this.#callMethod(instance, ...method),
        drop: (handle) => instance.drop([handle]),
      }))(wire)
      return run(instance, { call, args: payload, limits: this.limits, toHandle })
    })
  }

  /** The call is over, and measured, when `work` is. Whoever called hears of a failure when it is on record. */
  async #lend<T>(call: PendingCall, work: (instance: Instance) => Promise<T>): Promise<T> {
    try {
      const result = await this.#lifecycle.lease(work)
      this.#calls.close(call, 'ok')
      return result
    } catch (error) {
      this.#calls.close(call, outcomeOf(error))
      await this.#onFailure(error)
      throw error
    }
  }

  /** @internal The box has uninstalled, replaced or disposed it. */
  end(reason: GloveboxError): void {
    this.#ended ??= reason
    for (const lifecycle of [this.#lifecycle, ...this.#linked()]) lifecycle.dispose(reason)
  }
}

export function notInstalled(id: string): PackageError {
  return new PackageError('not-installed', `No extension ${JSON.stringify(id.slice(0, 128))} is installed in this box.`, { details: { id } })
}

function callTimeout(asked: number | undefined, cap: number): number {
  if (asked === undefined) return cap
  if (!(asked > 0)) throw new RangeError(`timeoutMs must be a positive number of milliseconds, got ${asked}.`)
  return Math.min(asked, cap)
}

/** The caller hears of its abort also while the call waits for an instance. */
export function untilAborted<T>(call: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason)
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort)
    const settle = (): void => signal.removeEventListener('abort', onAbort)
    call.then((value) => (settle(), resolve(value)), (error: unknown) => (settle(), reject(error)))
  })
}

/** No exports: an object with one of them would be taken for a promise when it is awaited, and asked for its JSON when it is printed. */
const NO_EXPORTS: ReadonlySet<string | symbol> = new Set(['then', 'toJSON'])

function createExports(call: (name: string, args: readonly unknown[]) => Promise<unknown>): Exports {
  const target: Record<string, (...args: readonly unknown[]) => Promise<unknown>> = Object.create(null)
  return new Proxy(target, {
    get: (_, name) => (typeof name === 'string' && !NO_EXPORTS.has(name) ? (...args: readonly unknown[]) => call(name, args) : undefined),
    has: () => false,
    set: () => false,
    defineProperty: () => false,
    setPrototypeOf: () => false,
  })
}
