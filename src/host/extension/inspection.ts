/** What an extension is doing right now, for people who look for the reason: `extension.inspect()`. */
import type { ExtensionState } from '../events.ts'
import type { Instance } from '../instance/instance.ts'
import type { Lifecycle } from '../instance/lifecycle.ts'
import type { PendingCall, PendingCalls } from '../instance/pending-calls.ts'

export interface Inspection {
  readonly state: ExtensionState
  /** Started and not ended. */
  readonly instances: readonly InspectedInstance[]
  /** Calls that wait for an instance to start or to be free, oldest first. */
  readonly waitingCalls: readonly InspectedCall[]
  readonly restarts: {
    /** Workers that had to be ended within the last minute without an answer from them; after three, starting is refused. */
    readonly unconfirmedDeaths: number
    /** Starting is refused (`restart-limit`) for so long; 0 when it is not. */
    readonly refusedForMs: number
  }
}

/** Numbers that only the worker knows are undefined when it is busy. */
export interface InspectedInstance {
  /** The app's calls, or those of other extensions: each has instances of its own. */
  readonly serves: 'app' | 'extensions'
  /** Guest code holds the worker: it did not answer within 250 ms. */
  readonly isBusy: boolean
  readonly pendingCalls: readonly InspectedCall[]
  /** `image`: memory as an earlier start's main module left it, which had depended on nothing but the package. */
  readonly startedFrom: 'module' | 'image'
  /** The VM's memory as it has grown; what the guest uses of it is less. */
  readonly memoryBytes: number | undefined
  readonly memoryLimitBytes: number
  readonly timers: number | undefined
  /** Objects of the worker's (streams, keys, formatters) that guest objects stand for. */
  readonly handles: number | undefined
  /** Streams to and from the page: bodies of requests and responses. */
  readonly streams: number | undefined
  /** Capability calls without an answer. */
  readonly pendingCapabilityCalls: number | undefined
  /** Work that the worker does for the guest beside it: digests, compression. */
  readonly pendingOperations: number | undefined
}

export interface InspectedCall {
  /** As in `detail.call` of the log event. */
  readonly id: number
  readonly name: string
  readonly ageMs: number
  /** Left until its deadline, without the time of open prompts; undefined while it waits. */
  readonly deadlineMs: number | undefined
}

const BYTES_PER_MIB = 2 ** 20

/** Never waits longer for a busy worker than the 250 ms that its instance does. */
export async function inspect(
  state: ExtensionState, [own, ...linked]: readonly [Lifecycle, ...Lifecycle[]], calls: PendingCalls,
): Promise<Inspection> {
  const instances = await Promise.all([
    ...own.instances.map((instance) => inspectInstance(instance, calls, 'app')),
    ...linked.flatMap((lifecycle) => lifecycle.instances.map((instance) => inspectInstance(instance, calls, 'extensions'))),
  ])
  return {
    state,
    instances: instances.filter((instance) => instance !== undefined),
    waitingCalls: calls.all.filter((call) => call.started === undefined).map(inspectCall),
    restarts: own.restarts,
  }
}

/** Undefined when it ended meanwhile. */
async function inspectInstance(instance: Instance, calls: PendingCalls, serves: InspectedInstance['serves']): Promise<InspectedInstance | undefined> {
  const stats = await instance.stats().catch(() => undefined)
  if (instance.isEnded) return undefined
  return {
    serves,
    isBusy: stats === undefined,
    pendingCalls: calls.all.filter((call) => call.started?.instance === instance).map(inspectCall),
    startedFrom: instance.startedFrom,
    memoryBytes: stats?.memoryBytes,
    memoryLimitBytes: instance.limits.memoryMib * BYTES_PER_MIB,
    timers: stats?.timers,
    handles: stats?.handles,
    streams: stats?.streams,
    pendingCapabilityCalls: stats?.pendingCapabilityCalls,
    pendingOperations: stats?.pendingOperations,
  }
}

function inspectCall({ id, name, since, started }: PendingCall): InspectedCall {
  return { id, name, ageMs: performance.now() - since, deadlineMs: started?.deadline.leftMs }
}
