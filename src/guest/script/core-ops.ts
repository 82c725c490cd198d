/** The ops of the bridge itself: ends of calls, capability calls, streams, log lines. Arguments come from the guest's half: checked. */
import type { ErrorRecord, Outcome, Payload } from '../../wire/payload.ts'
import { DelegateError, type BridgeValue } from './bridge.ts'
import { ENTRY } from './crossing.ts'
import type { CoreOps } from './delegates.ts'
import type { Epoch, Origin } from './epoch.ts'
import { readGuestError } from './verdict.ts'
import type { ByteSink, ByteSource, LogLevel, Outward, VmLimits } from './vm-types.ts'

export interface CoreHost {
  readonly limits: VmLimits
  readonly outward: Outward
  origin(): Origin
  /** Id of the extension that made the current call. */
  caller(): string | undefined
  /** An entry into the guest for the origin's call, unless its epoch has ended. */
  enter(origin: Origin, entry: number, ...args: readonly BridgeValue[]): void
  enterWithPayload(origin: Origin, id: number, payload: Payload): void
  /** False when the line was dropped. */
  log(level: LogLevel, text: string, stack: string): boolean
  cleanStack(stack: string): string
  keepBuffer(buffer: ArrayBuffer): void
  takeBuffers(): ArrayBuffer[]
  settleCall(id: number, outcome: Outcome): void
  /** Everything that belongs to a request has ended. */
  settleFetch(id: number): void
  settleLoad(error: ErrorRecord | undefined): void
  exhausted(): void
  isMemoryFull(): boolean
  deepenStack(isDeep: boolean): void
  /** Source of a library that few guests need. */
  readLibrary(name: string): string | null
}

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error']

export function createCoreOps(host: CoreHost): CoreOps {
  return {
    'buffer': ([buffer]) => {
      if (buffer instanceof ArrayBuffer) host.keepBuffer(buffer)
      return undefined
    },
    'call.return': ([id, text]) => {
      host.settleCall(asNumber(id), { ok: true, value: { text: asText(text), buffers: host.takeBuffers() } })
      return undefined
    },
    'call.throw': ([id, ...parts]) => {
      host.takeBuffers()
      host.settleCall(asNumber(id), { ok: false, error: readGuestError(parts, host.isMemoryFull, host.cleanStack) })
      return undefined
    },
    'call.settled': ([id]) => {
      host.settleFetch(asNumber(id))
      return undefined
    },
    'load.done': () => {
      host.settleLoad(undefined)
      return undefined
    },
    'load.throw': ([, ...parts]) => {
      host.settleLoad(readGuestError(parts, host.isMemoryFull, host.cleanStack))
      return undefined
    },
    'exhausted': ([, kind]) => {
      if (kind === 'memory-exceeded') host.exhausted()
      return undefined
    },
    'stack': ([isDeep]) => {
      host.deepenStack(isDeep === true)
      return undefined
    },
    'library': ([name]) => host.readLibrary(asText(name)),
    'call.current': () => host.origin().call,
    'call.caller': () => host.caller(),
    'random.drawn': () => undefined, // `Purity` has seen it
    'log': ([level, text, stack]) => {
      host.log(LEVELS.find((known) => known === level) ?? 'info', asText(text), asText(stack))
      return undefined
    },
    'message.refused': () => {
      host.outward.limitMet('messageBytes')
      return undefined
    },
    'capability': ([id, method, text]) => callCapability(host, asNumber(id), asText(method), { text: asText(text), buffers: host.takeBuffers() }),
    'stream.accept': ([id]) => {
      const stream = asNumber(id)
      const { sources } = host.origin().epoch
      if (!sources.has(stream)) sources.set(stream, host.outward.acceptStream(stream))
      return undefined
    },
    'stream.read': ([id, stream]) => readStream(host, asNumber(id), asNumber(stream)),
    'stream.cancel': ([stream]) => {
      const { sources } = host.origin().epoch
      sources.get(asNumber(stream))?.cancel()
      sources.delete(asNumber(stream))
      return undefined
    },
    'stream.open': () => {
      const { id, sink } = host.outward.openStream()
      host.origin().epoch.sinks.set(id, sink)
      return id
    },
    'stream.write': ([id, stream, bytes]) => writeStream(host, asNumber(id), asNumber(stream), bytes),
    'stream.end': ([stream]) => endSink(host.origin().epoch, stream, (sink) => sink.end()),
    'stream.fail': ([stream, message]) => {
      return endSink(host.origin().epoch, stream, (sink) => sink.fail({ name: 'Error', message: asText(message).slice(0, 1024), code: '', stack: '' }))
    },
  }
}

/** Copies beside the VM's own memory, which its cap does not see. One message of the largest size always fits. */
const MAX_PENDING_BYTES = 48 * 2 ** 20

function callCapability(host: CoreHost, id: number, method: string, args: Payload): undefined {
  const origin = host.origin()
  const { epoch } = origin
  const { pendingCapabilityCalls } = host.limits
  if (epoch.pendingCapabilityCalls >= pendingCapabilityCalls) {
    throw new DelegateError('LimitError', `At most ${pendingCapabilityCalls} calls may wait for an answer`, 'queue-full', 'pendingCapabilityCalls')
  }
  const bytes = args.buffers.reduce((sum, buffer) => sum + buffer.byteLength, args.text.length)
  if (epoch.pendingBytes > 0 && epoch.pendingBytes + bytes > MAX_PENDING_BYTES) {
    const message = `The calls that wait for an answer may hold ${MAX_PENDING_BYTES} bytes together`
    throw new DelegateError('LimitError', message, 'queue-full', 'pendingCapabilityCalls')
  }
  epoch.pendingBytes += bytes
  epoch.pendingCapabilityCalls++
  void host.outward.capability(method, args).then((outcome) => {
    epoch.pendingCapabilityCalls--
    epoch.pendingBytes -= bytes
    if (outcome.ok) host.enterWithPayload(origin, id, outcome.value)
    else reject(host, origin, id, outcome.error)
  })
}

function readStream(host: CoreHost, id: number, stream: number): undefined {
  const origin = host.origin()
  const { epoch } = origin
  const source: ByteSource | undefined = epoch.sources.get(stream)
  if (source === undefined) throw new DelegateError('TypeError', 'The stream is closed', 'invalid-handle')
  source.read().then(
    (bytes) => {
      if (bytes === undefined) epoch.sources.delete(stream)
      host.enter(origin, ENTRY.resolve, id, bytes === undefined ? undefined : wholeBuffer(bytes))
    },
    (error: unknown) => {
      epoch.sources.delete(stream)
      reject(host, origin, id, readStreamError(error))
    },
  )
}

function writeStream(host: CoreHost, id: number, stream: number, bytes: BridgeValue): undefined {
  const origin = host.origin()
  const { epoch } = origin
  const sink: ByteSink | undefined = epoch.sinks.get(stream)
  if (sink === undefined || !(bytes instanceof ArrayBuffer)) throw new DelegateError('TypeError', 'The stream is closed', 'invalid-handle')
  sink.write(new Uint8Array(bytes)).then(
    () => host.enter(origin, ENTRY.resolve, id),
    (error: unknown) => {
      epoch.sinks.delete(stream)
      reject(host, origin, id, readStreamError(error))
    },
  )
}

function endSink(epoch: Epoch, stream: BridgeValue, end: (sink: ByteSink) => void): undefined {
  const sink = epoch.sinks.get(asNumber(stream))
  epoch.sinks.delete(asNumber(stream))
  if (sink !== undefined) end(sink)
}

function reject(host: CoreHost, origin: Origin, id: number, error: ErrorRecord): void {
  host.enter(origin, ENTRY.reject, id, error.name, error.message, error.code)
}

/** Streams reject with an error that has an ErrorRecord's fields; anything else is a fault of the worker's and keeps its text. */
function readStreamError(error: unknown): ErrorRecord {
  const failed = { name: 'Error', message: 'The stream failed.', code: 'internal', stack: '' }
  if (!(error instanceof Error)) return failed
  const code: unknown = Reflect.get(error, 'code')
  return typeof code === 'string' ? { name: error.name, message: error.message, code, stack: '' } : failed
}

function wholeBuffer(bytes: Uint8Array<ArrayBuffer>): ArrayBuffer {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes.buffer : bytes.slice().buffer
}

function asNumber(value: BridgeValue): number {
  return typeof value === 'number' ? value : NaN
}

function asText(value: BridgeValue): string {
  return typeof value === 'string' ? value : ''
}
