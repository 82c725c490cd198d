/**
 * What the page may ask of a core module's worker. The page is trusted here; the module is not, but nothing it says is acted on in this file:
 * values go out as its ABI read them, and the page parses them.
 */
import { decodeSignature, SIGNATURE_SECTION } from '../wire/core-signature.ts'
import type { Outcome, Payload } from '../wire/payload.ts'
import type { Session, SessionMethod } from '../wire/session.ts'
import { GUEST_VALUE_LIMITS } from '../wire/value.ts'
import type { Lent } from './bootstrap.ts'
import { createAsk } from './ask-host.ts'
import { callCommand } from './core/command-call.ts'
import type { HostSignature } from './core/host-functions.ts'
import { CoreRunner } from './core/runner.ts'
import { KeptDirectories, type KeptDirectory } from './fs/kept.ts'
import { type LaneMethods, toSessionMethods } from './session-methods.ts'
import { SessionOutward } from './session-outward.ts'
import { verdict } from './verdict.ts'

export interface CoreBootOptions {
  readonly limits: { readonly messageBytes: number; readonly logBytesPerSecond: number; readonly pendingCapabilityCalls: number }
}

export interface CoreLoadOptions {
  readonly core: {
    readonly abi: 'wasi' | 'json' | 'extism'
    readonly allocator?: string
    readonly memoryPages?: number
  }
  readonly config: Readonly<Record<string, string>>
  /** Cap of the module's memory, 64 KiB pages. */
  readonly memoryPages: number
  readonly waiting: 'jspi' | 'shared-buffer' | 'never'
  readonly functions: readonly HostSignature[]
  readonly directories?: readonly KeptDirectory[]
}

interface CoreCallOptions {
  /** The page's number of the call. */
  readonly id: number
  readonly name: string
  readonly args: Payload
}

export function createCoreMethods(
  [module]: readonly WebAssembly.Module[], session: () => Session, { wait: line }: Lent,
): ReadonlyMap<string, SessionMethod> {
  let limits: CoreBootOptions['limits'] | undefined
  let loaded: { readonly runner: CoreRunner; readonly out: SessionOutward; readonly module: WebAssembly.Module } | undefined
  const running = (): NonNullable<typeof loaded> => {
    if (loaded === undefined) throw new Error('The page called before load.')
    return loaded
  }
  const methods: LaneMethods = {
    async boot(options: CoreBootOptions) {
      limits = options.limits
      return true
    },
    /** Resolves with what the module's start ended with, or undefined. */
    async load({ core, config, memoryPages, waiting, functions, directories = [] }: CoreLoadOptions) {
      if (limits === undefined || module === undefined) throw new Error('The page called before boot.')
      const out = new SessionOutward(session(), limits.logBytesPerSecond)
      const values = { ...GUEST_VALUE_LIMITS, bytes: limits.messageBytes }
      const runner = new CoreRunner({
        module, signature: signatureOf(module), abi: core.abi, allocator: core.allocator, config: new Map(Object.entries(config)),
        functions, waiting, line,
        kept: directories.length === 0 ? undefined : await KeptDirectories.open(directories, createAsk(out, values)),
        out, values, pendingCapabilityCalls: limits.pendingCapabilityCalls,
        memory: { initial: core.memoryPages ?? 1, maximum: memoryPages },
      })
      loaded = { runner, out, module }
      return runner.start()
    },
    call: (call: CoreCallOptions) => running().runner.call(call),
    async run({ id, args }: Omit<CoreCallOptions, 'name'>) {
      const { runner, out, module } = running()
      if (!runner.isCommand) return refused('The module is no command (it exports no _start): its functions are called with extension.call().')
      const announce = (descriptor: number, stream: number): void => {
        session().call('output', { text: JSON.stringify([id, descriptor, stream]), buffers: [] }).catch(() => {}) // the session ended
      }
      return runner.inTurn(id, (turn) => callCommand({ module, args, out, announce }, turn))
    },
    fetch: async () => refused('A core module answers no requests: that takes a component with wasi:http/incoming-handler, or a script.'),
    abort: async ({ id }: Pick<CoreCallOptions, 'id'>) => running().runner.abort(id),
    ended: async () => undefined,
    /** Nothing inside can stop the code: the page ends the worker. */
    extend: async () => undefined,
    settled: async () => undefined,
    snapshot: async () => undefined,
    reset: () => running().runner.reset(),
    stats: async () => loaded?.runner.stats(),
    ping: async () => true,
  }
  return toSessionMethods(methods)
}

function signatureOf(module: WebAssembly.Module): ReturnType<typeof decodeSignature> {
  const [section] = WebAssembly.Module.customSections(module, SIGNATURE_SECTION)
  if (section === undefined) throw new Error('The module was not prepared.')
  return decodeSignature(new TextDecoder().decode(section))
}

function refused(message: string): Outcome {
  return { ok: false, error: verdict('export-missing', message) }
}
