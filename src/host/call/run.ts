/** `extension.run`: a WASI command with its arguments, environment, files and streams, on a lent instance. */
import { GloveboxError, LimitError, WireError } from '../../errors.ts'
import type { Limits } from '../../manifest/limits.ts'
import { isRecord } from '../../wire/message.ts'
import type { RunReply, RunRequest } from '../../wire/run.ts'
import type { IncomingStream } from '../../wire/stream.ts'
import { encodeValue } from '../../wire/value.ts'
import { pump, toReadable } from './byte-stream.ts'
import { type DeadlineSet, runCall } from './call.ts'
import { endedWithOther } from '../instance/lifecycle.ts'
import type { Instance } from '../instance/instance.ts'
import type { PendingCall } from '../instance/pending-calls.ts'
import { valueLimits } from './value-limits.ts'

type Bytes = Uint8Array<ArrayBuffer>
type Files = ReadonlyMap<string, Bytes | string> | Readonly<Record<string, Bytes | string>>

export interface RunOptions {
  /** The program's arguments, without its own name. */
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Text is sent as UTF-8. Where the engine can neither suspend nor block, a stream is read to its end before the program starts. */
  readonly stdin?: string | Bytes | ReadableStream<Bytes>
  /** By relative path (`data/in.csv`), or an empty directory (`out/`). Text is written as UTF-8. Bytes are transferred. */
  readonly files?: Files
  /** Directories of `files` that the program is given, each under its own name, made where missing; none at all with `[]`. Default: all, as `/`. */
  readonly dirs?: readonly string[]
  /** Gets the output as it comes, and is closed at the end; the result's `stdout` is empty then. */
  readonly stdout?: WritableStream<Bytes>
  readonly stderr?: WritableStream<Bytes>
  /** Aborting rejects the run with the signal's reason; a program that does not yield is ended. */
  readonly signal?: AbortSignal
  /** At most the extension's `callMs`, which is the default. */
  readonly timeoutMs?: number
}

export interface RunResult {
  /** 0 to 255 by custom; what the program gave. */
  readonly exitCode: number
  readonly stdout: Bytes
  readonly stderr: Bytes
  /** Files that the program made or changed. */
  readonly files: ReadonlyMap<string, Bytes>
}

export interface RunCall {
  readonly call: PendingCall
  readonly options: RunOptions
  readonly timeoutMs: number
  readonly limits: Limits
}

const KNOWN: ReadonlySet<string> = new Set(['args', 'env', 'stdin', 'files', 'dirs', 'stdout', 'stderr', 'signal', 'timeoutMs'])

/** @throws {TypeError} naming the option, what was expected and what came */
export function checkRunOptions(options: RunOptions): void {
  const unknown = Object.keys(options).find((key) => !KNOWN.has(key))
  if (unknown !== undefined) throw new TypeError(`Unknown option ${JSON.stringify(unknown)} of run: expected ${[...KNOWN].join(', ')}.`)
  const { args = [], env = {}, stdin, dirs = [] } = options
  if (!isTexts(args)) throw new TypeError('run: args must be an array of strings.')
  if (!isTexts(dirs)) throw new TypeError('run: dirs must be an array of strings.')
  if (Object.values(env).some((value) => typeof value !== 'string')) throw new TypeError('run: env must be an object of strings.')
  const isBytes = stdin === undefined || typeof stdin === 'string' || stdin instanceof Uint8Array || stdin instanceof ReadableStream
  if (!isBytes) throw new TypeError('run: stdin must be a string, a Uint8Array or a ReadableStream of Uint8Array.')
  for (const [path, content] of entriesOf(options.files ?? {})) {
    if (!isPath(path)) throw new TypeError(`run: files[${JSON.stringify(path)}] must be a relative path without empty, . and .. parts.`)
    const isContent = typeof content === 'string' || content instanceof Uint8Array
    if (!isContent) throw new TypeError(`run: files[${JSON.stringify(path)}] must be a string or a Uint8Array.`)
  }
}

/** Relative, and what it seems to be; a slash at its end is that of an empty directory. */
function isPath(path: string): boolean {
  const parts = path.replace(/\/$/, '').split('/')
  return !path.includes('\0') && parts.every((part) => !['', '.', '..'].includes(part))
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

/** @throws as `runCall` */
export async function runCommand(instance: Instance, { call, options, timeoutMs, limits }: RunCall, deadlines: DeadlineSet): Promise<RunResult> {
  const ending = new AbortController()
  const written: Promise<void>[] = []
  const outputs = new Map([[1, options.stdout], [2, options.stderr]])
  const release = instance.onOutput(call.id, (descriptor, stream) => {
    const target = outputs.get(descriptor)
    outputs.delete(descriptor)
    if (target === undefined) return false
    const done = pipe(stream, target, ending.signal)
    done.catch(() => {}) // awaited below, unless the run fails first
    written.push(done)
    return true
  })
  try {
    const args = encodeValue(toRequest(options, instance, ending.signal), valueLimits(limits))
    const reply = parseReply(await runCall(instance, { kind: 'run', call, args, timeoutMs, signal: options.signal, limits }, deadlines))
    await untilWritten(Promise.all(written), timeoutMs, options.signal).catch((error: unknown) => {
      instance.end(endedWithOther(), true) // a stream that nobody ends keeps its worker
      throw error
    })
    return { ...reply, files: new Map(reply.files) }
  } catch (error) {
    ending.abort(error)
    if (error instanceof WireError) instance.breach(error)
    throw error
  } finally {
    release()
  }
}

/** A worker, or the app's own sink, that ends no stream must not hold the run for ever. */
function untilWritten(written: Promise<unknown>, timeoutMs: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const overdue = new LimitError('deadline-exceeded', `The output of the run did not end within ${timeoutMs} ms after the program had.`)
    const timer = setTimeout(() => reject(overdue), timeoutMs)
    const onAbort = (): void => reject(signal?.reason)
    signal?.addEventListener('abort', onAbort)
    if (signal?.aborted) onAbort()
    written.then(() => resolve(), reject).finally(() => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
    })
  })
}

async function pipe(stream: IncomingStream, target: WritableStream<Bytes>, signal: AbortSignal): Promise<void> {
  await toReadable(stream, signal).pipeTo(target, { signal })
}

function toRequest(options: RunOptions, instance: Instance, signal: AbortSignal): RunRequest {
  const { args = [], env = {}, stdin, files = {}, dirs = null, stdout, stderr } = options
  return {
    args, dirs, env: Object.entries(env), stdin: toStdin(stdin, instance, signal),
    files: entriesOf(files).map(([path, content]) => [path, toBytes(content)] as const),
    streams: { stdout: stdout !== undefined, stderr: stderr !== undefined },
  }
}

function toStdin(stdin: RunOptions['stdin'], instance: Instance, signal: AbortSignal): Bytes | number | null {
  if (stdin === undefined) return null
  if (!(stdin instanceof ReadableStream)) return toBytes(stdin)
  const { id, stream } = instance.streams.open()
  const toGuest = (error: unknown): { name: string; message: string; code: string; stack: string } =>
    ({ name: 'Error', message: 'The input failed.', code: error instanceof LimitError ? error.code : 'internal', stack: '' })
  void pump(stdin, stream, toGuest, signal)
  return id
}

function entriesOf(files: Files): readonly (readonly [string, Bytes | string])[] {
  return files instanceof Map ? [...files] : Object.entries(files)
}

function toBytes(content: Bytes | string): Bytes {
  return typeof content === 'string' ? new TextEncoder().encode(content) : content
}

/** @throws {WireError} malformed-message */
function parseReply(input: unknown): RunReply {
  const { exitCode, stdout, stderr, files } = isRecord(input) ? input : {}
  if (typeof exitCode !== 'number' || !Number.isInteger(exitCode)) throw unknownForm()
  if (!isBytes(stdout) || !isBytes(stderr) || !Array.isArray(files)) throw unknownForm()
  const parsed = (files as readonly unknown[]).map((entry): readonly [string, Bytes] => {
    const [path, content] = Array.isArray(entry) ? (entry as readonly unknown[]) : []
    if (typeof path !== 'string' || !isBytes(content)) throw unknownForm()
    return [path, content]
  })
  return { exitCode, stdout, stderr, files: parsed }
}

function isBytes(value: unknown): value is Bytes {
  return value instanceof Uint8Array && value.buffer instanceof ArrayBuffer
}

function unknownForm(): GloveboxError {
  return new WireError('malformed-message', "The guest's side sent a result of a run in an unknown form.")
}
