/**
 * What the page may ask of a component's worker. The page is trusted here; the component is not, but nothing it says is acted on in this
 * file: values go out as the glue gave them, and the page parses them.
 */
import type { Payload } from '../wire/payload.ts'
import type { Session, SessionMethod } from '../wire/session.ts'
import { GUEST_VALUE_LIMITS } from '../wire/value.ts'
import type { WorkerStats } from '../wire/worker-stats.ts'
import { createAsk } from './ask-host.ts'
import type { Lent } from './bootstrap.ts'
import type { Instantiate } from './component/glue.ts'
import { ComponentRunner } from './component/runner.ts'
import { KeptDirectories, type KeptDirectory } from './fs/kept.ts'
import { toSessionMethods, type LaneMethods } from './session-methods.ts'
import { SessionOutward } from './session-outward.ts'

export interface ComponentBootOptions {
  readonly limits: {
    readonly messageBytes: number
    readonly logBytesPerSecond: number
    readonly pendingCapabilityCalls: number
    readonly handles: number
  }
}

export interface ComponentLoadOptions {
  /** What the glue calls the modules of the start message, in their order. */
  readonly modules: readonly string[]
  readonly waiting: 'jspi' | 'shared-buffer' | 'never'
  readonly config?: Readonly<Record<string, string>> | undefined
  /** Interfaces, without versions, that other extensions provide. */
  readonly links?: readonly string[]
  /** Those that outlive the instances. */
  readonly directories?: readonly KeptDirectory[] | undefined
}

export interface ComponentCallOptions {
  /** The page's number of the call. */
  readonly id: number
  readonly name: string
  readonly args: Payload
  readonly deadlineMs: number
  /** A number of a resource: `name` is its method. */
  readonly handle?: number
  /** Id of the extension that calls, where it is one. */
  readonly caller?: string
}

/** @param glue  gives what the prepared glue handed over */
export function createComponentMethods(
  compiled: readonly WebAssembly.Module[], session: () => Session, { wait: line }: Lent, glue: () => Instantiate,
): ReadonlyMap<string, SessionMethod> {
  let limits: ComponentBootOptions['limits'] | undefined
  let runner: ComponentRunner | undefined
  const running = (): ComponentRunner => {
    if (runner === undefined) throw new Error('The page called before load.')
    return runner
  }
  const methods: LaneMethods = {
    async boot(options: ComponentBootOptions) {
      limits = options.limits
      return true
    },
    /** Resolves with what the component's start ended with, or undefined. */
    async load({ modules, waiting, config = {}, links = [], directories = [] }: ComponentLoadOptions) {
      if (limits === undefined) throw new Error('The page called before boot.')
      const byName = new Map(compiled.map((module, index) => [modules[index] ?? '', module]))
      const out = new SessionOutward(session(), limits.logBytesPerSecond)
      const values = { ...GUEST_VALUE_LIMITS, bytes: limits.messageBytes }
      runner = new ComponentRunner({
        code: { instantiate: glue(), modules: byName },
        kept: directories.length === 0 ? undefined : await KeptDirectories.open(directories, createAsk(out, values)),
        out,
        values,
        limits,
        waiting,
        line,
        config: new Map(Object.entries(config)),
        links: new Set(links),
      })
      return runner.start()
    },
    call: ({ id, name, args, handle, caller }: ComponentCallOptions) => running().call({ id, name, args, handle, caller }),
    run: ({ id, args }: Omit<ComponentCallOptions, 'name' | 'handle'>) => running().run({ id, args }, (descriptor, stream) => {
      session().call('output', { text: JSON.stringify([id, descriptor, stream]), buffers: [] }).catch(() => {}) // the session ended
    }),
    fetch: ({ id, args }: Omit<ComponentCallOptions, 'name' | 'handle'>) => running().fetch({ id, args }),
    abort: async ({ id }: Pick<ComponentCallOptions, 'id'>) => running().abort(id),
    ended: ({ id }: Pick<ComponentCallOptions, 'id'>) => running().ended(id),
    drop: ({ handles }: { readonly handles: readonly number[] }) => running().drop(handles),
    /** Nothing inside can stop the code: the page ends the worker. */
    extend: async () => undefined,
    settled: async () => undefined,
    snapshot: async () => undefined,
    reset: () => running().reset(),
    stats: async () => statsOf(runner),
    ping: async () => true,
  }
  return toSessionMethods(methods)
}

function statsOf(runner: ComponentRunner | undefined): WorkerStats {
  const live = runner?.live
  return {
    memoryBytes: live?.memoryBytes() ?? 0,
    timers: 0,
    pendingCapabilityCalls: live?.pending().calls ?? 0,
    pendingOperations: 0,
    streams: live?.pending().streams ?? 0,
    handles: (live?.context.resources.open ?? 0) + (runner?.handles ?? 0),
  }
}
