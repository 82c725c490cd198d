/** A real QuickJS in Node, with an outward side that records what the guest says. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { bakeImage } from '../../../../src/build/image.ts'
import { bundlePrelude } from '../../../../src/build/guest-bundle.ts'
import { createScriptVm } from '../../../../src/guest/script/vm.ts'
import type { ByteSink, ByteSource, LogContext, Outward, Region, ScriptVm, VmLimits } from '../../../../src/guest/script/vm-types.ts'
import type { GuestLimit } from '../../../../src/wire/guest-limit.ts'
import type { ErrorRecord, Outcome, Payload } from '../../../../src/wire/payload.ts'
import { decodeValue, encodeValue } from '../../../../src/wire/value.ts'

const LIMITS: VmLimits = {
  memoryMib: 32, messageBytes: 2 ** 20, pendingCapabilityCalls: 8, timers: 16, handles: 100, turnMs: 300,
  // Not what these tests are about: a main module that is long enough for an image takes a second on a busy machine.
  startMs: 10_000,
}
const REGION: Region = { locale: 'en-US', timeZone: 'UTC' }

let compiled: Promise<WebAssembly.Module> | undefined

export function compileEngine(): Promise<WebAssembly.Module> {
  compiled ??= (async () => {
    const path = createRequire(import.meta.url).resolve('@jitl/quickjs-wasmfile-release-sync/wasm')
    return WebAssembly.compile(await bakeImage(new Uint8Array(await readFile(path)), await bundlePrelude()))
  })()
  return compiled
}

export class RecordingOutward implements Outward {
  readonly lines: string[] = []
  /** The same lines as the page gets them. */
  readonly logged: (ReturnType<LogContext['resolve']> & { readonly level: string; readonly call: number | undefined })[] = []
  readonly verdicts: ErrorRecord[] = []
  readonly met: GuestLimit[] = []
  readonly calls: { method: string; args: unknown }[] = []
  readonly written: Uint8Array[] = []
  readonly ended: string[] = []
  answer: (method: string, args: unknown) => Promise<Outcome> = () => Promise.resolve(ok(null))
  source: ByteSource = { read: () => Promise.resolve(undefined), cancel: () => void this.ended.push('source cancelled') }
  sink: ByteSink = {
    write: async (bytes) => void this.written.push(bytes),
    end: () => void this.ended.push('sink ended'),
    fail: () => void this.ended.push('sink failed'),
  }

  log(level: string, text: string, context: LogContext): boolean {
    this.lines.push(`${level}: ${text}`)
    this.logged.push({ level, call: context.call, ...context.resolve() })
    return true
  }
  limitMet(limit: GuestLimit): void {
    this.met.push(limit)
  }
  died(verdict: ErrorRecord): void {
    this.verdicts.push(verdict)
  }
  capability(method: string, args: Payload): Promise<Outcome> {
    const decoded = decodeValue(args)
    this.calls.push({ method, args: decoded })
    return this.answer(method, decoded)
  }
  acceptStream(): ByteSource {
    return this.source
  }
  openStream(): { id: number; sink: ByteSink } {
    return { id: 7, sink: this.sink }
  }
}

export function ok(value: unknown): Outcome {
  return { ok: true, value: encodeValue(value) }
}

export interface Loaded { readonly vm: ScriptVm; readonly outward: RecordingOutward; readonly error: ErrorRecord | undefined }

/** `source` is main.js; more files by path. */
export async function load(source: string, options: { files?: Record<string, string>; limits?: Partial<VmLimits>; region?: Partial<Region>; maps?: Record<string, string> } = {}): Promise<Loaded> {
  const outward = new RecordingOutward()
  const vm = await createScriptVm({ engine: await compileEngine(), limits: { ...LIMITS, ...options.limits }, region: { ...REGION, ...options.region }, outward })
  const maps = new Map(Object.entries(options.maps ?? {}).map(([path, text]) => [path, new TextEncoder().encode(text)]))
  const error = await vm.load(new Map(Object.entries({ 'main.js': source, ...options.files })), 'main.js', maps)
  return { vm, outward, error }
}

export async function boot(limits: Partial<VmLimits> = {}): Promise<ScriptVm> {
  return createScriptVm({ engine: await compileEngine(), limits: { ...LIMITS, ...limits }, region: REGION, outward: new RecordingOutward() })
}

/** The value, or the record of the error under `error`. */
export async function call(vm: ScriptVm, name: string, args: readonly unknown[] = [], deadlineMs = 1000): Promise<unknown> {
  const outcome = await vm.call(name, encodeValue(args), deadlineMs)
  return outcome.ok ? decodeValue(outcome.value) : { error: outcome.error }
}
