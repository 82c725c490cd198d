/**
 * What the page may ask of a script worker, over the VM. The page is trusted here; the guest is not, but nothing it says is acted on in
 * this file: values go out as they came from the VM, and the page parses them.
 */
import { LINE_COST, TokenBucket } from '../util/token-bucket.ts'
import { parseOutcome } from '../wire/message.ts'
import type { ErrorRecord, Outcome, Payload } from '../wire/payload.ts'
import type { Session, SessionMethod } from '../wire/session.ts'
import { StreamError, type IncomingStream, type OutgoingStream } from '../wire/stream.ts'
import type { Lent } from './bootstrap.ts'
import { connectFrame } from './script/subtle-service.ts'
import { createScriptVm } from './script/vm.ts'
import type { ByteSink, ByteSource, LogContext, LogLevel, Outward, Region, ScriptVm, VmLimits } from './script/vm-types.ts'

/** What `boot` takes: the VM's limits and the log's. */
export interface BootOptions {
  readonly limits: VmLimits & { readonly logBytesPerSecond: number }
  readonly region: Region
}

export interface LoadOptions {
  readonly files: ReadonlyMap<string, string>
  readonly entry: string
  /** Source maps by path. */
  readonly maps: ReadonlyMap<string, Uint8Array>
  /** What an earlier load of the same package gave, which saves running the main module. */
  readonly image?: ArrayBuffer | undefined
}

export interface CallOptions {
  /** The page's number of the call. */
  readonly id: number
  readonly name: string
  readonly args: Payload
  readonly deadlineMs: number
}

const now = performance.now.bind(performance)
const later = setTimeout
const readDate = Date.now

/** @param engine  the one module of the script worker */
export function createScriptMethods([engine]: readonly WebAssembly.Module[], session: () => Session, { crypto }: Lent = {}): ReadonlyMap<string, SessionMethod> {
  if (crypto !== undefined) connectFrame(crypto)
  let vm: ScriptVm | undefined
  const running = (): ScriptVm => {
    if (vm === undefined) throw new Error('The page called before boot.')
    return vm
  }
  const methods: Readonly<Record<string, (argument: never) => Promise<unknown>>> = {
    async boot({ limits, region }: BootOptions) {
      if (engine === undefined) throw new Error('The start message brought no engine.')
      vm = await createScriptVm({ engine, limits, region, outward: new SessionOutward(session(), limits.logBytesPerSecond) })
      return true
    },
    check: async ({ files, entry, maps }: LoadOptions) => running().check(files, entry, maps),
    /** Resolves with true when the image was of use; else with what the main module threw, or with an image of it, or with undefined. */
    async load({ files, entry, maps, image }: LoadOptions) {
      const vm = running()
      if (image !== undefined && vm.loadImage(image, files, entry, maps)) return true
      const error = await vm.load(files, entry, maps)
      return error ?? (image === undefined ? vm.takeImage() : undefined)
    },
    call: ({ id, name, args, deadlineMs }: CallOptions) => running().call(name, args, deadlineMs, id),
    fetch: ({ id, args, deadlineMs }: Omit<CallOptions, 'name'>) => running().fetch(args, deadlineMs, id),
    abort: async ({ id }: Pick<CallOptions, 'id'>) => running().abort(id),
    ended: ({ id }: Pick<CallOptions, 'id'>) => running().ended(id),
    extend: async ({ ms }: { readonly ms: number }) => running().extendDeadlines(ms),
    settled: ({ ms }: { readonly ms: number }) => running().settled(ms),
    snapshot: async () => running().snapshot(),
    reset: async () => running().reset(),
    stats: async () => running().stats(),
    ping: async () => true,
  }
  return new Map(Object.entries(methods).map(([name, method]) => [name, toSessionMethod(method)]))
}

function toSessionMethod(method: (argument: never) => Promise<unknown>): SessionMethod {
  return async (argument) => {
    const result = await method(argument as never) // the page's own half sends what each method takes
    return { result, transfer: buffersOf(result) }
  }
}

function buffersOf(result: unknown): readonly ArrayBuffer[] {
  if (result instanceof ArrayBuffer) return [result]
  const outcome = parseOutcome(result)
  return outcome?.ok === true ? outcome.value.buffers : []
}

/** The VM's way out: over the session to the broker. */
class SessionOutward implements Outward {
  readonly #session: Session
  readonly #logBucket: TokenBucket
  #droppedLines = 0

  constructor(session: Session, logBytesPerSecond: number) {
    this.#session = session
    this.#logBucket = new TokenBucket(logBytesPerSecond, 1000, now())
  }

  /** Lines over the rate are counted, not sent: a loop that logs must not fill this worker's memory with a queue. */
  log(level: LogLevel, text: string, context: LogContext): boolean {
    if (!this.#logBucket.take(text.length + LINE_COST, now())) {
      this.#droppedLines++
      return false
    }
    const dropped = this.#droppedLines
    this.#droppedLines = 0
    const { text: shown, position } = context.resolve()
    const place = position === undefined ? null : [position.file, position.line, position.column]
    const line = [level, shown, dropped, readDate(), context.call ?? null, place]
    this.#session.call('log', { text: JSON.stringify(line), buffers: [] }).catch(() => {}) // the session ended
    return true
  }

  /** A task later than the replies to the calls in flight, which know better what happened to each. */
  died(verdict: ErrorRecord): void {
    later(() => this.#session.call('died', verdict).catch(() => {}), 0) // the session may have ended
  }

  async capability(method: string, args: Payload): Promise<Outcome> {
    try {
      const outcome = parseOutcome(await this.#session.call(method, args, args.buffers))
      return outcome ?? { ok: false, error: internalError('The host sent an unknown answer.') }
    } catch {
      return { ok: false, error: internalError('The host is gone.') }
    }
  }

  acceptStream(id: number): ByteSource {
    const stream = this.#session.streams.claim(id)
    // One that failed before the reply that names it was read is gone from the table.
    return stream === undefined ? failedSource(this.#session.streams.takeFailure(id) ?? internalError('There is no such stream.')) : sourceOf(stream)
  }

  openStream(): { readonly id: number; readonly sink: ByteSink } {
    const { id, stream } = this.#session.streams.open()
    return { id, sink: sinkOf(stream) }
  }
}

function failedSource(record: ErrorRecord): ByteSource {
  return { read: () => Promise.reject(new StreamError(record)), cancel: () => {} }
}

function sourceOf(stream: IncomingStream): ByteSource {
  return { read: () => stream.read(), cancel: () => stream.cancel() }
}

function sinkOf(stream: OutgoingStream): ByteSink {
  return {
    async write(bytes) {
      await stream.write(bytes)
      if (stream.isEnded) throw new StreamError(internalError('The receiver wants no more.')) // lest an endless body is read to nobody
    },
    end: () => stream.end(),
    fail: (error) => stream.fail(error),
  }
}

function internalError(message: string): ErrorRecord {
  return { name: 'Error', message, code: 'internal', stack: '' }
}
