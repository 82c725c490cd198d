/**
 * Calls into the component, one after the other: an instance is not entered again while a call of it waits. An instance that trapped is
 * replaced by a fresh one before the next call.
 */
import type { ErrorRecord, Outcome, Payload } from '../../wire/payload.ts'
import type { RunRequest } from '../../wire/run.ts'
import { decodeValue, encodeValue } from '../../wire/value.ts'
import { CallAborted } from '../outward.ts'
import { ABORTED, Turns } from '../turns.ts'
import { verdict } from '../verdict.ts'
import type { HttpExchange } from '../wasi/http/exchange.ts'
import { describeFailure } from './call-error.ts'
import { openCommand, type CommandOptions, type CommandWorld } from './command.ts'
import { findExport, findMethod, listExports, type ExportedFunction } from './export-name.ts'
import { ResourceHandles } from './handles.ts'
import { startLive, type Live, type LiveOptions } from './live.ts'
import { withPlainLists } from './plain-lists.ts'
import { serveRequest } from './serve-request.ts'

export type RunnerOptions = Omit<LiveOptions, 'currentCall' | 'serving'>

export interface ComponentCall {
  readonly id: number
  readonly name: string
  readonly args: Payload
  /** The resource whose method `name` is. */
  readonly handle?: number | undefined
  /** Id of the extension that calls, where it is one. */
  readonly caller?: string | undefined
}

const MAX_LISTED = 40
const NOTHING: Outcome = { ok: true, value: { text: 'null', buffers: [] } }
/** What waits for anything but an answer of the host's (a sleep) has to be left where it is, with its instance. */
const ABORT_GRACE_MS = 100

const later = setTimeout

export class ComponentRunner {
  readonly #options: RunnerOptions
  readonly #handles: ResourceHandles
  readonly #exchanges = new Map<number, HttpExchange>()
  readonly #ending = new Map<number, Promise<void>>()
  /** Ids of the extensions that made calls. */
  readonly #callers = new Map<number, string>()
  readonly #turns = new Turns()
  #live: Live | undefined
  readonly #serving: LiveOptions['serving'] = {
    id: () => this.#turns.current,
    caller: () => this.#callers.get(this.#turns.current ?? NaN),
    fail: (error) => this.#turns.force(error),
  }

  constructor(options: RunnerOptions) {
    this.#options = options
    this.#handles = new ResourceHandles(options.limits.handles, () => options.out.forgotten())
  }

  /** Resolves with why there is no instance. What comes meanwhile waits for its turn: two would not know of each other. */
  async start(): Promise<ErrorRecord | undefined> {
    const outcome = await this.#turns.take(undefined, async (): Promise<Outcome> => {
      try {
        await this.#enter()
        return NOTHING
      } catch (error) {
        return { ok: false, error: describeFailure(error, this.#options.values).record }
      }
    })
    return outcome.ok ? undefined : outcome.error
  }

  call(call: ComponentCall): Promise<Outcome> {
    const { id, caller } = call
    if (caller === undefined) return this.inTurn(id, (live) => this.#run(live, call))
    this.#callers.set(id, caller)
    return this.inTurn(id, (live) => this.#run(live, call)).finally(() => this.#callers.delete(id))
  }

  /** Runs the component as a command, in an instance of its own that is dropped afterwards. */
  run({ id, args }: Pick<ComponentCall, 'id' | 'args'>, announce: CommandOptions['announce']): Promise<Outcome> {
    const { values, kept } = this.#options
    return this.inTurn(id, async () => {
      const request = decodeValue(args, values) as RunRequest // the page's own half sends it
      let world: CommandWorld | undefined
      const live = await startLive({ ...this.#options, currentCall: () => id, serving: this.#serving }, (outward) => {
        world = openCommand({ request, kept, outputBytes: values.bytes, announce }, outward)
        return world
      })
      try {
        const main = findExport(live.exports, 'wasi:cli/run#run')
        if (main === undefined || world === undefined) return { ok: false, error: verdict('export-missing', 'The component exports no wasi:cli/run.') }
        return { ok: true, value: encodeValue(await world.finish(() => Reflect.apply(main.target, undefined, [])), values) }
      } finally {
        live.end()
      }
    })
  }

  /** Hands a request to the component's http handler; resolves with the response's head while the component goes on with its body. */
  fetch({ id, args }: Pick<ComponentCall, 'id' | 'args'>): Promise<Outcome> {
    return new Promise((resolve) => {
      const turn = this.inTurn(id, (live) => serveRequest(live, { id, args, values: this.#options.values, exchanges: this.#exchanges }, resolve))
      const ended = turn.then(resolve).then(() => this.#exchanges.get(id)?.end())
      this.#ending.set(id, ended.finally(() => {
        this.#exchanges.delete(id)
        this.#ending.delete(id)
      }))
    })
  }

  /** Nobody wants the answer any more: a call that has not begun never does, one that waits is told so, and has a moment to end. */
  abort(id: number): void {
    this.#exchanges.get(id)?.abort()
    const force = this.#turns.abort(id)
    if (force === undefined) return
    this.#live?.abort()
    later(force, ABORT_GRACE_MS)
  }

  /** Resolves when the response has been sent. */
  async ended(id: number): Promise<void> {
    await this.#ending.get(id)
  }

  /** Runs `work` when the calls before have ended; what it ends with decides about the instance. */
  inTurn(id: number | undefined, work: (live: Live) => Promise<Outcome>): Promise<Outcome> {
    return this.#turns.take(id, async (forced): Promise<Outcome> => {
      const { era } = this.#turns
      let live: Live | undefined
      try {
        live = await this.#enter()
        live.resume()
        const outcome = await Promise.race([work(live), forced])
        if (this.#live === live) await this.#options.kept?.commit()
        return outcome
      } catch (error) {
        return { ok: false, error: await this.#fail(error, live, era) }
      } finally {
        live?.flush()
      }
    })
  }

  /** The page holds these no more. */
  async drop(handles: readonly number[]): Promise<void> {
    await this.inTurn(undefined, async () => {
      for (const id of handles) this.#handles.drop(id)
      return NOTHING
    })
  }

  /** A fresh instance; a call in progress never ends, and nothing that it wrote is kept. False when there is none. */
  async reset(): Promise<boolean> {
    if (this.#turns.isTaken) this.#options.kept?.revert()
    this.#drop()
    this.#turns.leave()
    return (await this.start()) === undefined
  }

  get live(): Live | undefined {
    return this.#live
  }

  get handles(): number {
    return this.#handles.size
  }

  async #enter(): Promise<Live> {
    if (this.#live !== undefined) return this.#live
    const { era } = this.#turns
    await this.#options.kept?.renew()
    const live = await startLive({ ...this.#options, currentCall: () => this.#turns.current, serving: this.#serving })
    if (era === this.#turns.era) return (this.#live = live)
    live.end()
    throw new CallAborted() // left in a reset, which has made the one that is there now
  }

  /**
   * What a call changed in kept directories is kept where the component itself said what went wrong, and lost with an instance that died. The end
   * of a call that a reset has overtaken is no business of the instance that is there now, nor are its files.
   */
  async #fail(error: unknown, live: Live | undefined, era: object): Promise<ErrorRecord> {
    const { kept, values } = this.#options
    // The page has given the call up: it is to be none the wiser that the next one meets a fresh instance.
    const { record, isFatal } = error instanceof CallAborted ? { record: ABORTED, isFatal: true } : describeFailure(error, values)
    if (this.#live !== live || era !== this.#turns.era) return record
    if (isFatal) {
      this.#drop(record.message)
      kept?.revert()
      return record
    }
    try {
      await kept?.commit()
      return record
    } catch (failure) {
      return this.#fail(failure, live, era)
    }
  }

  /** @param reason  for those who read a response's body */
  #drop(reason = 'The extension was reset.'): void {
    for (const exchange of this.#exchanges.values()) void exchange.end(reason)
    const live = this.#live
    this.#live = undefined
    live?.flush()
    live?.end()
    if (live !== undefined) this.#handles.clear()
  }

  async #run(live: Live, { name, args, handle }: ComponentCall): Promise<Outcome> {
    const { values } = this.#options
    const resource = handle === undefined ? undefined : this.#handles.find({ id: handle })
    const found = resource === undefined ? findExport(live.exports, name) : findMethod(resource, name)
    if (found === undefined) return { ok: false, error: verdict('export-missing', describeMissing(live.exports, name, resource !== undefined)) }
    const decoded = decodeValue(args, values, { toHandle: this.#handles.find })
    if (!Array.isArray(decoded)) throw new Error('The page sent arguments that are no list.')
    const all: readonly unknown[] = resource === undefined ? decoded : [resource, ...(decoded as unknown[])] // an array by the check above
    checkCount(name, found, all.length, resource !== undefined)
    const result = withPlainLists(await apply(found, all))
    return { ok: true, value: encodeValue(result, values, this.#handles) }
  }
}

function apply({ kind, target }: ExportedFunction, args: readonly unknown[]): unknown {
  if (kind === 'new') return Reflect.construct(target, args)
  if (kind === 'function') return Reflect.apply(target, undefined, args)
  const [self, ...rest] = args
  return Reflect.apply(target, self, rest)
}

/** The glue would take any number, and make zeros and errors of its own of what is not there. */
function checkCount(name: string, { parameters }: ExportedFunction, given: number, isBound: boolean): void {
  const own = isBound ? 1 : 0
  if (given === parameters) return
  throw new TypeError(`"${name.slice(0, 100)}" takes ${parameters - own} ${parameters - own === 1 ? 'argument' : 'arguments'}, got ${given - own}.`)
}

function describeMissing(exports: object, name: string, isMethod: boolean): string {
  const shown = JSON.stringify(name.slice(0, 100))
  if (isMethod) return `The object has no method ${shown}.`
  const names = listExports(exports)
  const list = names.slice(0, MAX_LISTED).join(', ') + (names.length > MAX_LISTED ? ', ...' : '')
  return `The extension exports no function ${shown}; it exports ${list === '' ? 'none' : list}.`
}
