/**
 * Calls into a core module, one after the other: an instance is not entered again while a call of it waits. An instance that was left by an error
 * is replaced by a fresh one before the next call.
 */
import type { CoreSignature } from '../../wire/core-signature.ts'
import type { ErrorRecord, Outcome, Payload, ValueLimits } from '../../wire/payload.ts'
import { decodeValue, encodeValue } from '../../wire/value.ts'
import type { WorkerStats } from '../../wire/worker-stats.ts'
import { type KeptDirectories, KeptLost } from '../fs/kept.ts'
import { CallAborted, type Outward } from '../outward.ts'
import type { SessionOutward } from '../session-outward.ts'
import { ABORTED, Turns } from '../turns.ts'
import type { SharedLine } from '../wait/shared.ts'
import { type Abi, createAbi } from './abi.ts'
import { CoreInstance } from './core-instance.ts'
import { CoreFault, describeFailure } from './failure.ts'
import { memoryOf } from './guest-memory.ts'
import type { HostSignature } from './host-functions.ts'
import type { LinkOptions } from './link.ts'
import { startInstance, surround, type Surroundings, withoutExit } from './live.ts'

export interface RunnerOptions {
  readonly module: WebAssembly.Module
  readonly signature: CoreSignature
  readonly abi: 'wasi' | 'json' | 'extism'
  readonly allocator: string | undefined
  readonly config: ReadonlyMap<string, string>
  readonly functions: readonly HostSignature[]
  readonly waiting: Outward['waits']
  readonly line: SharedLine | undefined
  readonly out: SessionOutward
  readonly values: ValueLimits
  readonly pendingCapabilityCalls: number
  readonly memory: LinkOptions['memory']
  /** Directories that outlive the instances. */
  readonly kept: KeptDirectories | undefined
}

export interface CoreCall {
  readonly id: number
  readonly name: string
  readonly args: Payload
}

/** What has a turn may use. */
export interface Turn {
  readonly surroundings: Surroundings
  readonly values: ValueLimits
  readonly kept: KeptDirectories | undefined
}

interface Live {
  readonly surroundings: Surroundings
  readonly instance: CoreInstance | undefined
}

const PAGE = 65_536
const NO_FUNCTIONS = 'The module is a command: it is run with extension.run(), and has no functions to call.'

export class CoreRunner {
  readonly #options: RunnerOptions
  readonly #abi: Abi
  /** It is run, not called. */
  readonly isCommand: boolean
  readonly #turns = new Turns()
  #live: Live | undefined

  constructor(options: RunnerOptions) {
    this.#options = options
    const { abi, signature: { functions }, values, memory } = options
    this.isCommand = abi === 'wasi' && functions.has('_start') && !functions.has('_initialize')
    this.#abi = createAbi({
      ...options, maxBytes: values.bytes, memoryBytes: memory.maximum * PAGE,
      outward: () => this.#current.surroundings.outward,
      memory: () => memoryOf(this.#current.instance?.memory ?? this.#current.surroundings.linked.memory),
    })
  }

  /** Resolves with why there is no instance. What comes meanwhile waits for its turn: two would not know of each other. */
  async start(): Promise<ErrorRecord | undefined> {
    const outcome = await this.#turns.take(undefined, async (): Promise<Outcome> => {
      try {
        await this.#enter()
        return { ok: true, value: { text: 'null', buffers: [] } }
      } catch (error) {
        return failed(withoutExit(error))
      }
    })
    return outcome.ok ? undefined : outcome.error
  }

  call({ id, name, args }: CoreCall): Promise<Outcome> {
    if (this.isCommand) return Promise.resolve(failed(new CoreFault('export-missing', NO_FUNCTIONS)))
    return this.inTurn(id, async () => {
      const { instance } = await this.#enter()
      if (instance === undefined) throw new TypeError('A command has no instance.')
      const decoded = decodeValue(args, this.#options.values)
      if (!Array.isArray(decoded)) throw new TypeError('The page sent arguments that are no list.')
      const value = await this.#abi.call(instance, name, decoded)
      return encodeValue(value, this.#options.values)
    })
  }

  /** A call that has not begun never does; one that waits is left, and its instance with it. */
  abort(id: number): void {
    this.#turns.abort(id)?.()
  }

  /** Runs `work` when the calls before have ended; what it ends with decides about the instance. */
  inTurn(id: number, work: (turn: Turn) => Promise<Payload>): Promise<Outcome> {
    const { values, kept } = this.#options
    return this.#turns.take(id, async (forced): Promise<Outcome> => {
      const { era } = this.#turns
      let own: Surroundings | undefined
      try {
        const { surroundings } = await this.#enter()
        own = surroundings
        const value = await Promise.race([work({ surroundings, values, kept }), forced])
        if (this.#isLive(own)) await kept?.commit()
        return { ok: true, value }
      } catch (error) {
        const isLeft = error instanceof CallAborted
        const lost = this.#isLive(own) && era === this.#turns.era ? await this.#settleFiles(error, isLeft, own) : undefined
        return isLeft ? { ok: false, error: ABORTED } : failed(lost ?? withoutExit(error))
      } finally {
        own?.wasi?.flush()
        if (this.#isLive(own) && (this.#abi.isFreshEachCall || this.#live?.instance?.isSpoiled === true)) this.#drop()
      }
    })
  }

  /**
   * What a failed call changed in kept directories is kept where the instance lives on, and lost with one that does not. Gives why it could not
   * be stored.
   */
  async #settleFiles(error: unknown, isLeft: boolean, own: Surroundings | undefined): Promise<unknown> {
    const { kept } = this.#options
    const isAlive = !isLeft && !(error instanceof KeptLost) && this.#live?.instance?.isSpoiled === false
    if (!isAlive) {
      this.#drop()
      kept?.revert()
      return undefined
    }
    const lost = await kept?.commit().then(() => undefined, (failure: unknown) => failure)
    if (lost !== undefined && this.#isLive(own)) this.#drop()
    return lost
  }

  /** The end of a call that a reset has overtaken is no business of the instance that is there now, nor are its files. */
  #isLive(own: Surroundings | undefined): boolean {
    return this.#live?.surroundings === own
  }

  /** A fresh instance, without variables; a call in progress never ends, and nothing that it wrote is kept. False when there is none. */
  async reset(): Promise<boolean> {
    if (this.#turns.isTaken) this.#options.kept?.revert()
    this.#drop()
    this.#abi.forget()
    this.#turns.leave()
    return (await this.start()) === undefined
  }

  stats(): WorkerStats {
    const { surroundings, instance } = this.#live ?? {}
    const { calls, streams } = surroundings?.pending() ?? { calls: 0, streams: 0 }
    return {
      memoryBytes: (instance?.memoryBytes ?? 0) + this.#abi.memoryBytes(),
      timers: 0, pendingCapabilityCalls: calls, pendingOperations: 0, streams, handles: 0,
    }
  }

  get #current(): Live {
    if (this.#live === undefined) throw new Error('There is no instance.')
    return this.#live
  }

  async #enter(): Promise<Live> {
    if (this.#live !== undefined) return this.#live
    const { era } = this.#turns
    await this.#options.kept?.renew()
    if (era !== this.#turns.era) throw new CallAborted() // left in a reset, which has made the one that is there now
    const { module, signature } = this.#options
    const surroundings = surround({ ...this.#options, currentCall: () => this.#turns.current }, this.#abi)
    this.#live = { surroundings, instance: undefined } // imports may be called by the start function
    if (this.isCommand) return this.#live
    try {
      const instance = new CoreInstance(module, surroundings.linked)
      surroundings.wasi?.bind(instance.raw)
      const live = { surroundings, instance }
      this.#live = live
      await startInstance(instance, this.#abi, signature)
      if (era !== this.#turns.era) throw new CallAborted()
      return live
    } catch (error) {
      if (this.#isLive(surroundings)) this.#drop()
      throw error
    }
  }

  #drop(): void {
    const live = this.#live
    this.#live = undefined
    live?.surroundings.end()
  }
}

function failed(error: unknown): Outcome {
  return { ok: false, error: describeFailure(error) }
}
