/**
 * Calls between the extensions of a box: whom a link means, whether it may, who is on the stack, and how long it may take. A guest says for
 * which of its calls it asks; that decides its deadline and its abort only among its own calls, and nothing about what it may use.
 */
import type { LinkAddress, LinkAnswer, LinkFailure, LinkRequest, LinkTable } from '../capability/extension.ts'
import { CapabilityError } from '../capability/capability.ts'
import { DisposedError, GuestError, isGloveboxError, LimitError, PackageError, PermissionError } from '../errors.ts'
import { extensionKey, type ExtensionIdentity } from '../manifest/identity.ts'
import type { Link, Provided } from '../manifest/link.ts'
import type { PackageManifest } from '../manifest/manifest.ts'
import { isInRange } from '../manifest/version.ts'
import { encodeValue } from '../wire/value.ts'
import { runCall } from './call.ts'
import { CallerClock } from './caller-clock.ts'
import { untilAborted } from './extension.ts'
import { outcomeOf } from './extension-telemetry.ts'
import { linkOf, mismatch, resolveExport } from './link-target.ts'
import { wouldWaitForItself } from './link-wait.ts'
import { type LinkedPool, restrictRuntime } from './linked-pool.ts'
import type { PendingCall } from './pending-calls.ts'
import type { RunningExtension } from './running-extension.ts'
import { valueLimits } from './value-limits.ts'

/** On a call that another extension made. */
export interface CallLink {
  /** Ids of the extensions that wait for it, the outermost first. */
  readonly chain: readonly string[]
  readonly pool: LinkedPool
  /** Those of the calls that wait for it. */
  readonly clocks: readonly CallerClock[]
}

/** Calls within calls. */
const MAX_DEPTH = 8

export class Links implements LinkTable {
  readonly #find: (id: string) => RunningExtension | undefined
  readonly #children = new Map<PendingCall, Set<PendingCall>>()

  /** @param find  what is installed now, by its id */
  constructor(find: (id: string) => RunningExtension | undefined) {
    this.#find = find
  }

  /** @throws {PackageError} link-missing, link-mismatch: with what is installed now it could not make the calls that its manifest announces */
  check({ id, links = {} }: PackageManifest): void {
    for (const [name, link] of Object.entries(links)) {
      const details = { id, link: name, extension: link.extension, version: link.version }
      const callee = this.#find(link.extension)
      const call = `${id} calls ${link.extension} ${link.version}`
      if (callee === undefined) throw new PackageError('link-missing', `${call}, which is not installed: install it first.`, { details })
      const problem = mismatch(link, callee.pkg.manifest)
      if (problem !== undefined) throw new PackageError('link-mismatch', `${call}: ${problem}.`, { details })
    }
  }

  targetOf(caller: ExtensionIdentity, address: LinkAddress): string {
    return linkOf(this.#callerOf(caller).pkg.manifest, address).extension
  }

  async call({ caller, onBehalf, call: id, address, name, args, signal: given, onChain }: LinkRequest): Promise<LinkAnswer> {
    const from = this.#callerOf(caller)
    const link = linkOf(from.pkg.manifest, address)
    const callee = this.#calleeOf(link)
    const { provided, target } = resolveExport(link, name, callee.pkg.manifest)
    const stack = stackOf(from, id, onBehalf)
    const chain = [...stack.chain, caller.id]
    onChain([...chain, link.extension])
    if (stack.ids.has(link.extension) || link.extension === caller.id) throw cycle([...chain, link.extension])
    if (chain.length > MAX_DEPTH) throw new LimitError('link-depth', `Calls from extension to extension may be ${MAX_DEPTH} deep.`)
    const pool = poolOf(callee, provided)
    if (stack.parent !== undefined && wouldWaitForItself(pool, stack.parent, this.#children)) throw cycle([...chain, link.extension])
    const signal = stack.parent?.signal ? AbortSignal.any([given, stack.parent.signal]) : given
    const clocks = stack.parent?.started ? [...(stack.parent.link?.clocks ?? []), new CallerClock(stack.parent.started)] : []
    try {
      const work = { name: target, args, timeoutMs: from.limits.callMs, signal, link: { chain, pool, clocks } }
      return { value: await this.#serve(callee, work, caller.id, stack.parent) }
    } catch (error) {
      if (signal.aborted) throw signal.reason
      if (error instanceof DisposedError && this.#find(link.extension) !== callee) throw missing(link)
      return { failure: failureOf(error) }
    }
  }

  async #serve(callee: RunningExtension, work: LinkedWork, caller: string, parent: PendingCall | undefined): Promise<unknown> {
    const { calls, deadlines, limits, pkg } = callee
    const { link, signal, args } = work
    const payload = encodeValue(args, valueLimits(limits))
    const call = calls.open(work.name, { signal, link, parent: parent?.operation.context })
    const end = this.#begin(call, parent)
    for (const clock of link.clocks) deadlines.add(clock)
    const over = (outcome: string): void => {
      calls.close(call, outcome)
      end()
      for (const clock of link.clocks) deadlines.delete(clock)
    }
    let hasResource = false
    const served = link.pool.lifecycle.lease((instance) => {
      signal.throwIfAborted()
      const timeoutMs = Math.max(1, Math.min(limits.callMs, work.timeoutMs, ...link.clocks.map(({ leftMs }) => leftMs)))
      const toHandle = (handle: { readonly id: number }): object => {
        hasResource = true
        instance.drop(handle.id)
        return {}
      }
      const request = { call, args: payload, timeoutMs, signal, limits, caller }
      return runCall(instance, pkg.manifest.lane === 'component' ? { ...request, toHandle } : request, deadlines)
    }).then((value) => (over('ok'), value), (error: unknown) => {
      over(outcomeOf(error))
      throw error
    })
    served.catch((error: unknown) => callee.reportFailure(error))
    const value = await untilAborted(served, signal)
    if (hasResource) throw new GuestError('value-unsupported', `"${work.name}" gave a resource, which does not cross from extension to extension.`)
    return value
  }

  /** Returns its end. */
  #begin(call: PendingCall, parent: PendingCall | undefined): () => void {
    const { pool } = call.link ?? {}
    pool?.calls.add(call)
    const siblings = parent === undefined ? undefined : (this.#children.get(parent) ?? new Set())
    if (parent !== undefined && siblings !== undefined) this.#children.set(parent, siblings.add(call))
    return () => {
      pool?.calls.delete(call)
      siblings?.delete(call)
      if (parent !== undefined && siblings?.size === 0) this.#children.delete(parent)
    }
  }

  #callerOf(identity: ExtensionIdentity): RunningExtension {
    const running = this.#find(identity.id)
    if (running?.pkg.key !== extensionKey(identity)) throw new DisposedError('disposed', 'The extension has ended.')
    return running
  }

  #calleeOf(link: Link): RunningExtension {
    const callee = this.#find(link.extension)
    if (callee === undefined) throw missing(link)
    const { version } = callee.pkg.manifest
    if (isInRange(version, link.version)) return callee
    throw new CapabilityError('link-mismatch', `${link.extension} is installed as ${version}, the link takes ${link.version}.`)
  }
}

interface LinkedWork {
  readonly name: string
  readonly args: readonly unknown[]
  /** At most; less where less is left to those who wait. */
  readonly timeoutMs: number
  readonly signal: AbortSignal
  readonly link: CallLink
}

interface Stack {
  /** The caller's own call that it works for, where that is known. */
  readonly parent: PendingCall | undefined
  readonly chain: readonly string[]
  /** All who may wait for it. */
  readonly ids: ReadonlySet<string>
}

/** A guest that names none of its calls may be working for any of those that its instances serve. */
function stackOf({ calls, linked }: RunningExtension, id: number | undefined, onBehalf: LinkRequest['onBehalf']): Stack {
  const named = id === undefined ? undefined : calls.find(id)
  const parent = named?.link?.pool.onBehalf === onBehalf ? named : undefined
  const pool = [...linked.values()].find((one) => one.onBehalf === onBehalf)
  const chains = (parent === undefined ? [...(pool?.calls ?? [])] : [parent]).map(({ link }) => link?.chain ?? [])
  const chain = chains.reduce((longest, one) => (one.length > longest.length ? one : longest), [])
  return { parent, chain, ids: new Set(chains.flat()) }
}

function poolOf(callee: RunningExtension, { permissions = [] }: Provided): LinkedPool {
  const key = [...permissions].sort().join()
  const known = callee.linked.get(key)
  if (known !== undefined) return known
  const { lane, lifetime } = callee.pkg.manifest
  const onBehalf = new Set(permissions)
  const calls = new Set<PendingCall>()
  const callers = (): readonly string[] => [...new Set([...calls].flatMap(({ link }) => link?.chain ?? []))]
  const lifecycle = callee.createLifecycle({ onBehalf, callers, restrict: (runtime) => restrictRuntime(runtime, onBehalf) })
  const capacity = lifetime === 'call' ? callee.limits.maxInstances : lane === 'script' ? Infinity : 1
  const pool: LinkedPool = { onBehalf, lifecycle, calls, capacity }
  callee.linked.set(key, pool)
  return pool
}

/** What a callee says of itself is data; what the page knows of the callee's troubles is its host's. */
function failureOf(error: unknown): LinkFailure {
  if (error instanceof GuestError) {
    const { code, guestName, guestCode, message, payload } = error
    return code === 'thrown'
      ? { name: guestName, code: guestCode, message, ...(payload === undefined ? {} : { payload }) }
      : { name: error.name, code, message }
  }
  if (error instanceof LimitError) return { name: error.name, code: error.code, message: error.message }
  return { name: 'Error', code: isGloveboxError(error) ? error.code : 'internal', message: 'The extension could not be started, or was ended.' }
}

function missing({ extension }: Link): CapabilityError {
  return new CapabilityError('link-missing', `${extension} is not installed.`)
}

function cycle(chain: readonly string[]): PermissionError {
  return new PermissionError('link-cycle', `${chain.join(' -> ')}: the last would wait for itself.`)
}
