/**
 * The script VM: QuickJS, its prelude, and the tables of what is pending between the two sides. Every way into the guest is a turn: one
 * entry, then its promise jobs, under a deadline. It knows no port and no message form.
 */
import type { ErrorRecord, Outcome, Payload } from '../../wire/payload.ts'
import { DEFAULT_VALUE_LIMITS } from '../../wire/value.ts'
import type { WorkerStats } from '../../wire/worker-stats.ts'
import { createAsk } from '../ask-host.ts'
import { KeptFiles } from '../fs/kept-files.ts'
import { answerLater } from './answer.ts'
import { DelegateError, type BridgeValue, type DelegateContext } from './bridge.ts'
import { createCoreOps } from './core-ops.ts'
import { ENTRY, type GuestSettings } from './crossing.ts'
import { createOpTable, type OpTable } from './delegates.ts'
import { Engine, OutOfMemory, type Value } from './engine.ts'
import { Epoch, type Origin } from './epoch.ts'
import { FetchCalls } from './fetch-calls.ts'
import { CountedHandles } from './handle-table.ts'
import { readImage, readLibrary } from './image.ts'
import { createLocalOffset } from './local-offset.ts'
import { Modules } from './modules.ts'
import { Purity } from './purity.ts'
import { Snapshot } from './snapshot.ts'
import { TurnClock } from './turn-clock.ts'
import { verdict, type Verdict } from '../verdict.ts'
import type { LogLevel, ModuleProblem, Outward, Region, ScriptVm, VmLimits, VmOptions } from './vm-types.ts'

/** Jobs between two looks at the clock: a chain of tiny jobs never meets the engine's interrupt. */
const JOBS_A_SLICE = 64
const LOAD_ID = 0
/** Between two looks at what is still under way. */
const SETTLE_STEP_MS = 2
const later = setTimeout
/** A main module that is faster than this is hardly slower run again than restored, and its first start should not wait for the copy. */
const MIN_LOAD_MS = 20
/** Of memory; with what says where it belongs, the page keeps no larger image. */
const MAX_IMAGE_BYTES = 8 * 2 ** 20 - 2 ** 16
const readDate = Date.now
const now = performance.now.bind(performance)
const BYTES_PER_MIB = 2 ** 20
/** The engine's allocator asks for 5 % more than it needs at least, and so gives up a little before the cap. */
const FULL = 0.9

/**
 * Boots one QuickJS with its globals; no guest code runs yet.
 *
 * @throws {Error} when the engine does not start: the worker is of no use then
 */
export async function createScriptVm(options: VmOptions): Promise<ScriptVm> {
  const vm = new QuickJsVm(options)
  await vm.boot(options.engine)
  return vm
}

class QuickJsVm implements ScriptVm {
  #state: ScriptVm['state'] = 'booted'
  readonly #limits: VmLimits
  readonly #region: Region
  readonly #outward: Outward
  readonly #clock: TurnClock
  readonly #ops: OpTable
  readonly #handles: CountedHandles
  readonly #calls = new Map<number, (outcome: Outcome) => void>()
  readonly #fetches = new FetchCalls()
  /** Ids of the extensions that made calls, by the page's numbers. */
  readonly #callers = new Map<number, string>()
  readonly #waitingTurns: { readonly enter: () => void; readonly call: number | undefined }[] = []
  /** Payload buffers that came out ahead of their op. */
  #buffers: ArrayBuffer[] = []
  #engine: Engine | undefined
  #module: WebAssembly.Module | undefined
  #dispatch: Value | undefined
  #modules = new Modules(new Map(), '')
  #epoch = new Epoch()
  #context: DelegateContext
  readonly #files: KeptFiles
  #snapshot: Snapshot | undefined
  #settleLoad: ((error: ErrorRecord | undefined) => void) | undefined
  readonly #purity = new Purity()
  #loadMs = 0
  #isInside = false
  #lastCallId = LOAD_ID
  /** The page's number of the call whose turn it is. */
  #call: number | undefined

  constructor({ limits, region, outward }: VmOptions) {
    this.#limits = limits
    this.#region = region
    this.#outward = outward
    this.#clock = new TurnClock(limits.turnMs)
    this.#handles = new CountedHandles(limits.handles, () => limits.memoryMib * BYTES_PER_MIB - this.#memoryBytes())
    const values = { ...DEFAULT_VALUE_LIMITS, bytes: limits.messageBytes }
    this.#files = new KeptFiles(createAsk(outward, values, ({ name, message, code }) => new DelegateError(name, message, code)))
    this.#context = this.#createContext(this.#epoch)
    this.#ops = createOpTable(createCoreOps({
      limits,
      outward,
      origin: () => this.#origin(),
      caller: () => (this.#call === undefined ? undefined : this.#callers.get(this.#call)),
      enter: (origin, entry, ...args) => this.#enter(origin, entry, ...args),
      enterWithPayload: (origin, id, payload) => this.#enterWithPayload(origin, id, payload),
      log: (level, text, stack) => this.#log(level, text, stack),
      cleanStack: (stack) => this.#modules.frames.stack(stack),
      keepBuffer: (buffer) => this.#buffers.push(buffer),
      takeBuffers: () => this.#buffers.splice(0),
      isMemoryFull: () => this.#memoryBytes() >= FULL * limits.memoryMib * BYTES_PER_MIB,
      settleCall: (id, outcome) => this.#settleCall(id, outcome),
      settleFetch: (id) => this.#fetches.settle(id),
      settleLoad: (error) => this.#settleLoad?.(error),
      exhausted: () => this.#markExhausted(),
      deepenStack: (isDeep) => this.#engine?.deepenStack(isDeep),
      readLibrary: (name) => (this.#module === undefined ? null : readLibrary(this.#module, name)),
    }), () => this.#context, () => this.#origin(), (limit) => outward.limitMet(limit))
  }

  get state(): ScriptVm['state'] {
    return this.#state
  }

  async boot(module: WebAssembly.Module): Promise<void> {
    const { pages, roots, dispatch } = readImage(module)
    this.#module = module
    this.#engine = await Engine.create({ module, pages, roots }, this.#limits.memoryMib, {
      call: (op, args) => {
        this.#purity.sawOp(op)
        return this.#ops.run(op, args)
      },
      isExpired: () => this.#clock.isExpired(),
      resolveModule: (base, request) => this.#modules.resolve(base, request),
      readModule: (name) => this.#modules.read(name),
      now: () => {
        this.#purity.sawClock()
        return readDate()
      },
      localOffset: createLocalOffset(this.#region.timeZone),
      memoryRefused: () => this.#outward.limitMet('memoryMib'),
    })
    this.#dispatch = dispatch
    const settings: GuestSettings = { messageBytes: this.#limits.messageBytes }
    this.#enter(this.#origin(), ENTRY.configure, JSON.stringify(settings))
    if (this.#region.timeZone !== 'UTC') this.#enter(this.#origin(), ENTRY.event, 'time-zone')
    this.#reseed()
  }

  setDirectories(directories: readonly string[]): void {
    this.#files.setDirectories(directories)
  }

  check(files: ReadonlyMap<string, string>, entry: string, maps?: ReadonlyMap<string, Uint8Array>): ModuleProblem | undefined {
    const engine = this.#engine
    if (engine === undefined || this.#state === 'dead') throw new Error('The VM is dead.')
    const loaded = this.#modules
    this.#modules = new Modules(files, entry, maps)
    try {
      return this.#modules.check(engine)
    } catch {
      this.#die('crashed')
      return { code: 'syntax-error', file: entry, line: 1, column: 1, message: 'The engine gave up on this code: it is nested too deep.' }
    } finally {
      this.#modules = loaded
    }
  }

  load(files: ReadonlyMap<string, string>, entry: string, maps?: ReadonlyMap<string, Uint8Array>): Promise<ErrorRecord | undefined> {
    if (this.#state !== 'booted') return Promise.resolve(verdict('crashed', 'The VM cannot load twice.'))
    this.#modules = new Modules(files, entry, maps)
    const startedAt = now()
    this.#purity.start()
    return new Promise((resolve) => {
      this.#clock.startCall(LOAD_ID, this.#limits.startMs)
      this.#settleLoad = (error) => {
        this.#settleLoad = undefined
        this.#loadMs = now() - startedAt
        this.#clock.endCall(LOAD_ID)
        if (this.#state === 'booted') this.#state = 'loaded'
        resolve(error)
      }
      this.#enter(this.#origin(), ENTRY.load)
    })
  }

  call(name: string, args: Payload, deadlineMs: number, pageId?: number, caller?: string): Promise<Outcome> {
    if (pageId !== undefined && caller !== undefined) this.#callers.set(pageId, caller)
    const outcome = this.#startCall(args, deadlineMs, pageId, (id) => this.#dispatchTo(ENTRY.call, id, name, args.text))
    return caller === undefined ? outcome : outcome.finally(() => this.#callers.delete(pageId ?? NaN))
  }

  fetch(head: Payload, deadlineMs: number, pageId: number): Promise<Outcome> {
    return this.#startCall(head, deadlineMs, pageId, (id) => {
      this.#fetches.open(pageId, id)
      this.#dispatchTo(ENTRY.fetch, id, head.text)
    })
  }

  abort(pageId: number): void {
    const id = this.#fetches.find(pageId)
    if (id !== undefined) this.#enter({ epoch: this.#epoch, call: pageId }, ENTRY.event, 'abort', id)
  }

  ended(pageId: number): Promise<void> {
    return this.#fetches.ended(pageId)
  }

  #startCall(args: Payload, deadlineMs: number, pageId: number | undefined, dispatch: (id: number) => void): Promise<Outcome> {
    if (this.#state !== 'loaded') return Promise.resolve({ ok: false, error: verdict('crashed') })
    return new Promise((resolve) => {
      const id = ++this.#lastCallId
      this.#calls.set(id, resolve)
      this.#clock.startCall(id, deadlineMs)
      this.#turn(() => {
        try {
          this.#giveBuffers(args)
          dispatch(id)
        } catch (error) {
          if (!(error instanceof OutOfMemory) || this.#engine?.isLost === true) throw error
          this.#settleCall(id, { ok: false, error: verdict('memory-exceeded') })
          this.#fetches.settle(id)
        }
      }, pageId)
    })
  }

  takeImage(): ArrayBuffer | undefined {
    const engine = this.#engine
    this.#purity.stop() // only now: jobs that the main module left ran in the same turn, and are in memory, too
    if (engine === undefined || this.#state !== 'loaded' || !this.#purity.isPure || this.#loadMs < MIN_LOAD_MS || this.#handles.size > 0) return undefined
    engine.zeroFreeMemory()
    const snapshot = Snapshot.take(engine.memory)
    return snapshot.bytes <= MAX_IMAGE_BYTES ? snapshot.encode() : undefined
  }

  loadImage(image: ArrayBuffer, files: ReadonlyMap<string, string>, entry: string, maps?: ReadonlyMap<string, Uint8Array>): boolean {
    const engine = this.#engine
    if (engine === undefined || this.#state !== 'booted') return false
    const snapshot = Snapshot.parse(engine.memory, image)
    if (snapshot === undefined || !engine.growTo(snapshot.memoryBytes) || !snapshot.restore()) return false
    this.#modules = new Modules(files, entry, maps)
    this.#state = 'loaded'
    engine.forgetRejections()
    this.#reseed()
    return this.#state === 'loaded'
  }

  extendDeadlines(ms: number): void {
    this.#clock.extend(ms)
  }

  async settled(ms: number): Promise<void> {
    const until = now() + ms
    while (!this.#epoch.isIdle && this.#state === 'loaded' && now() < until) await new Promise((resolve) => later(resolve, SETTLE_STEP_MS))
  }

  snapshot(): void {
    const engine = this.#engine
    if (engine === undefined || this.#state !== 'loaded') throw new Error('A snapshot is taken of a loaded VM.')
    this.#handles.mark()
    this.#startEpoch()
    this.#snapshot = Snapshot.take(engine.memory)
  }

  reset(): boolean {
    if (this.#state !== 'loaded' || this.#isInside || this.#snapshot?.restore() !== true) return false
    this.#engine?.forgetRejections()
    this.#startEpoch()
    for (const id of [...this.#calls.keys()]) this.#settleCall(id, { ok: false, error: verdict('crashed', 'The extension was reset.') })
    this.#reseed()
    return this.#state === 'loaded'
  }

  stats(): WorkerStats {
    return {
      memoryBytes: this.#memoryBytes(),
      timers: this.#epoch.timers.size,
      pendingCapabilityCalls: this.#epoch.pendingCapabilityCalls,
      pendingOperations: this.#epoch.pendingAnswers,
      streams: this.#epoch.sources.size + this.#epoch.sinks.size,
      handles: this.#handles.size,
    }
  }

  #memoryBytes(): number {
    return this.#engine?.memory.buffer.byteLength ?? 0
  }

  #startEpoch(): void {
    this.#epoch.end()
    this.#handles.clear()
    this.#fetches.clear()
    this.#buffers = []
    this.#epoch = new Epoch()
    this.#context = this.#createContext(this.#epoch)
  }

  #createContext(epoch: Epoch): DelegateContext {
    return {
      handles: this.#handles,
      limits: this.#limits,
      region: this.#region,
      files: this.#files,
      emit: (event, ...args) => {
        const call = event === 'timer' ? epoch.timers.fire(args[0]) : undefined
        this.#enter({ epoch, call }, ENTRY.event, event, ...args)
      },
      answer: (id, result) => {
        const origin = { epoch, call: this.#call }
        answerLater({ limits: this.#limits, enter: (entry, ...args) => this.#enter(origin, entry, ...args) }, epoch, id, result)
      },
      onEpochEnd: (teardown) => epoch.onEnd(teardown),
      log: (level, text, stack) => this.#log(level, text, stack),
    }
  }

  #reseed(): void {
    const seeds = crypto.getRandomValues(new Int32Array(4))
    this.#enter(this.#origin(), ENTRY.reseed, ...seeds)
  }

  #origin(): Origin {
    return { epoch: this.#epoch, call: this.#call }
  }

  #log(level: LogLevel, text: string, stack: string): boolean {
    const { frames } = this.#modules
    return this.#outward.log(level, text, {
      call: this.#call,
      resolve: () => ({ text: frames.text(text), position: frames.first(stack) }),
    })
  }

  /** One entry of its own, dropped when its epoch has ended meanwhile. */
  #enter({ epoch, call }: Origin, entry: number, ...args: readonly BridgeValue[]): void {
    this.#turn(() => {
      if (epoch.isAlive) this.#dispatchTo(entry, ...args)
    }, call)
  }

  #enterWithPayload({ epoch, call }: Origin, id: number, payload: Payload): void {
    this.#turn(() => {
      if (!epoch.isAlive) return
      this.#giveBuffers(payload)
      this.#dispatchTo(ENTRY.resolve, id, payload.text)
    }, call)
  }

  #giveBuffers(payload: Payload): void {
    for (const buffer of payload.buffers) this.#dispatchTo(ENTRY.buffer, buffer)
  }

  #dispatchTo(entry: number, ...args: readonly BridgeValue[]): void {
    if (this.#engine === undefined || this.#dispatch === undefined) return
    this.#engine.free(this.#engine.call(this.#dispatch, [entry, ...args]))
  }

  /** Never re-entrant: what an op wants to say back to the guest at once waits until the guest is done. */
  #turn(enter: () => void, call: number | undefined): void {
    if (this.#isInside) {
      this.#waitingTurns.push({ enter, call })
      return
    }
    this.#runTurn(enter, call)
    for (let next = this.#waitingTurns.shift(); next !== undefined; next = this.#waitingTurns.shift()) this.#runTurn(next.enter, next.call)
  }

  #runTurn(enter: () => void, call: number | undefined): void {
    if (this.#state === 'dead' || this.#engine === undefined) return
    this.#isInside = true
    this.#call = call
    this.#clock.startTurn()
    try {
      enter()
      this.#runJobs(this.#engine)
    } catch (error) {
      this.#die(this.#verdictOf(this.#engine) ?? (error instanceof OutOfMemory ? 'memory-exceeded' : 'crashed'))
    } finally {
      this.#isInside = false
      this.#call = undefined
      this.#clock.endTurn()
    }
  }

  #runJobs(engine: Engine): void {
    do {
      while (!engine.isLost && engine.hasJobs()) {
        const failed = engine.runJobs(JOBS_A_SLICE)
        if (failed !== undefined && !engine.isLost) this.#report(engine, failed)
        if (this.#clock.isExpired()) engine.interrupted = true
      }
    } while (!engine.isLost && this.#tellRejections(engine))
    const lost = this.#verdictOf(engine)
    if (lost !== undefined) this.#die(lost)
  }

  /** Promises that are still without a handler when all jobs are done. True when there were some: the guest's listeners may have left jobs. */
  #tellRejections(engine: Engine): boolean {
    return engine.tellRejections((promise, reason, isHandled) => {
      if (this.#dispatch === undefined || engine.isLost) return
      engine.free(engine.call(this.#dispatch, [isHandled ? ENTRY.handled : ENTRY.rejection], [promise, reason]))
    })
  }

  #verdictOf(engine: Engine): Verdict | undefined {
    if (engine.interrupted) return this.#clock.hasCalls ? 'deadline-exceeded' : 'turn-exceeded'
    return engine.exhausted ? 'memory-exceeded' : undefined
  }

  /** An exception that left a promise job (a finalization callback's): to the log. */
  #report(engine: Engine, error: Value): void {
    if (this.#dispatch === undefined) return
    engine.free(engine.call(this.#dispatch, [ENTRY.report], [error]))
    engine.free(error)
  }

  #settleCall(id: number, outcome: Outcome): void {
    const settle = this.#calls.get(id)
    this.#calls.delete(id)
    this.#clock.endCall(id)
    settle?.(outcome)
  }

  #markExhausted(): void {
    if (this.#engine !== undefined) this.#engine.exhausted = true
  }

  #die(code: Verdict): void {
    if (this.#state === 'dead') return
    this.#state = 'dead'
    const record = verdict(code, code === 'turn-exceeded' ? overlong(this.#limits.turnMs) : undefined)
    this.#epoch.end(record)
    this.#handles.clear()
    this.#fetches.clear()
    this.#waitingTurns.length = 0
    this.#settleLoad?.(record)
    for (const id of [...this.#calls.keys()]) this.#settleCall(id, { ok: false, error: record })
    this.#outward.died(record)
  }
}

function overlong(turnMs: number): string {
  return `The code ran for more than ${turnMs} ms at a stretch outside a call (in a timer, or after its answer).`
}
