/**
 * Calls between the extensions of a box: whom a link means, whether it may, who is on the stack, and how long it may take. A guest says for
 * which of its calls it asks; that picks deadline, abort and chain among the calls of its own instance, and decides nothing else.
 */
import type { LinkAddress, LinkAnswer, LinkCaller, LinkFailure, LinkRequest, LinkRoute, LinkTable } from '../../capability/extension.ts'
import { CapabilityError } from '../../capability/capability.ts'
import type { CallStack } from '../../capability/provenance.ts'
import { DisposedError, GuestError, isGloveboxError, LimitError, PackageError, PermissionError } from '../../errors.ts'
import { extensionKey, type ExtensionIdentity } from '../../manifest/identity.ts'
import type { Link, Provided } from '../../manifest/link.ts'
import type { PackageManifest } from '../../manifest/manifest.ts'
import { isInRange } from '../../manifest/version.ts'
import { encodeValue } from '../../wire/value.ts'
import { runCall } from '../call/call.ts'
import { CallerClock } from './caller-clock.ts'
import { CallerTime } from './caller-time.ts'
import { untilAborted } from '../extension/extension.ts'
import { outcomeOf } from '../extension/extension-telemetry.ts'
import { handleCount } from '../call/guest-handle.ts'
import { linkOf, mismatch, resolveExport } from './link-target.ts'
import { wouldWaitForItself } from '../instance/link-wait.ts'
import { type LinkedPool, restrictRuntime } from '../instance/linked-pool.ts'
import type { CallLink, PendingCall } from '../instance/pending-calls.ts'
import type { RunningExtension } from '../extension/running-extension.ts'
import { type Behalf, capped, isSerial } from '../instance/served-calls.ts'
import { valueLimits } from '../call/value-limits.ts'

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

  route({ identity, stack, callers }: LinkCaller, address: LinkAddress): LinkRoute {
    const from = this.#callerOf(identity)
    const link = linkOf(from.pkg.manifest, address)
    const parent = stack.call === undefined ? undefined : from.calls.find(stack.call)
    // What it left running goes on, and calls nobody in the name of a call that the app has given up.
    if (stack.call !== undefined && parent === undefined) throw new DisposedError('disposed', 'The call that this one is a part of has ended.')
    const installation = this.#find(link.extension)?.installation
    return { id: link.extension, installation, call: (request) => this.#call({ from, link, installation, parent, stack, known: callers }, request) }
  }

  async #call({ from, link, installation, parent, stack, known }: Route, { name, args, signal: given, onChain }: LinkRequest): Promise<LinkAnswer> {
    const { identity: caller } = from.pkg
    const callee = this.#calleeOf(link)
    if (callee.installation !== installation) throw missing(link) // another has its id since the question was asked
    const { provided, target } = resolveExport(link, name, callee.pkg.manifest)
    const chain = [...stack.chain, caller.id]
    onChain([...chain, link.extension])
    if (stack.waiting.has(link.extension) || link.extension === caller.id) throw cycle([...chain, link.extension])
    const depth = stack.depth + 1
    if (depth > MAX_DEPTH) throw new LimitError('link-depth', `Calls from extension to extension may be ${MAX_DEPTH} deep.`)
    const callers = capped([...chain, ...known])
    const pool = poolOf(callee, provided)
    if (parent !== undefined && wouldWaitForItself(pool, parent, this.#children)) throw cycle([...chain, link.extension])
    const signal = parent?.signal ? AbortSignal.any([given, parent.signal]) : given
    const clocks = parent?.started ? [...(parent.link?.clocks ?? []), new CallerClock(parent.started)] : []
    const time = new CallerTime({ clocks, callMs: from.limits.callMs, signal })
    time.check()
    callee.calledBy(from)
    try {
      const work = { name: target, measuredAs: provided.interface ?? target, args, time, link: { chain, callers, depth, pool, clocks } }
      return { value: await this.#serve(callee, work, caller.id, parent) }
    } catch (error) {
      if (signal.aborted) throw signal.reason
      const refusal = time.refusalOf(error)
      if (refusal !== undefined) throw refusal
      if (error instanceof DisposedError && this.#find(link.extension) !== callee) throw missing(link)
      return { failure: failureOf(error) }
    }
  }

  async #serve(callee: RunningExtension, work: LinkedWork, caller: string, parent: PendingCall | undefined): Promise<unknown> {
    const { calls, deadlines, limits, pkg } = callee
    const { link, time, args } = work
    const { signal } = time
    const payload = encodeValue(args, valueLimits(limits))
    const call = calls.open(work.name, { signal, link, parent: parent?.operation.context, measuredAs: work.measuredAs })
    const end = this.#begin(call, parent)
    for (const clock of link.clocks) deadlines.add(clock)
    const over = (outcome: string): void => {
      calls.close(call, outcome)
      end()
      time.end(deadlines)
      for (const clock of link.clocks) deadlines.delete(clock)
    }
    const resources: number[] = []
    const served = link.pool.lifecycle.lease(async (instance) => {
      time.enter(limits.callMs, deadlines)
      const count = handleCount(limits.handles)
      const toHandle = ({ id }: { readonly id: number }): object => {
        count()
        resources.push(id)
        return {}
      }
      const request = { call, args: payload, timeoutMs: limits.callMs, signal, limits, caller }
      const result = await runCall(instance, pkg.manifest.lane === 'component' ? { ...request, toHandle } : request, deadlines)
      if (resources.length > 0) instance.drop(resources)
      return result
    }).then((value) => (over('ok'), value), async (error: unknown) => {
      over(outcomeOf(error))
      if (!signal.aborted && time.refusalOf(error) === undefined) await callee.reportLinkedFailure(error, link.callers)
      throw error
    })
    const value = await untilAborted(served, signal)
    if (resources.length > 0) throw new GuestError('value-unsupported', `"${work.name}" gave a resource, which does not cross from extension to extension.`)
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

interface Route {
  readonly from: RunningExtension
  readonly link: Link
  /** Whom the permission is about. */
  readonly installation: string | undefined
  /** The caller's own call. */
  readonly parent: PendingCall | undefined
  readonly stack: CallStack
  /** Ids of all whom the caller may be working for. */
  readonly known: readonly string[]
}

interface LinkedWork {
  readonly name: string
  readonly measuredAs: string
  readonly args: readonly unknown[]
  readonly time: CallerTime
  readonly link: CallLink & { readonly pool: LinkedPool }
}

function poolOf(callee: RunningExtension, { permissions = [] }: Provided): LinkedPool {
  const key = [...permissions].sort().join()
  const known = callee.linked.get(key)
  if (known !== undefined) return known
  const { manifest } = callee.pkg
  const onBehalf = new Set(permissions)
  const calls = new Set<PendingCall>()
  const waiting = (): readonly Behalf[] => [...calls].flatMap(({ link }) => link ?? [])
  const lifecycle = callee.createLifecycle({ onBehalf, waiting, restrict: (runtime) => restrictRuntime(runtime, onBehalf) })
  const capacity = manifest.lifetime === 'call' ? callee.limits.maxInstances : isSerial(manifest) ? 1 : Infinity
  const pool: LinkedPool = { lifecycle, calls, capacity }
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
