/** The three ways in which a core module is spoken to, and what each adds to its imports. */
import type { CoreSignature } from '../../wire/core-signature.ts'
import type { LogLevel, Outward } from '../outward.ts'
import type { MaybePromise } from '../wait/maybe.ts'
import { offerAssemblyScript } from './assembly-script.ts'
import type { CoreInstance } from './core-instance.ts'
import { createBlockCodec } from './extism/blocks.ts'
import { httpImports } from './extism/http.ts'
import { Kernel } from './extism/kernel.ts'
import { callPlugin } from './extism/plugin.ts'
import type { GuestMemory } from './guest-memory.ts'
import { offerHostFunctions, type HostSignature } from './host-functions.ts'
import { callJson } from './json-abi.ts'
import type { Offer } from './link.ts'
import { toWasmNumbers, typeOfExport } from './numbers.ts'

export interface AbiOptions {
  readonly abi: 'wasi' | 'json' | 'extism'
  readonly allocator: string | undefined
  readonly config: ReadonlyMap<string, string>
  readonly functions: readonly HostSignature[]
  readonly signature: CoreSignature
  /** Of one message. */
  readonly maxBytes: number
  readonly memoryBytes: number
  /** Of the instance that there is now. */
  readonly outward: () => Outward
  readonly memory: () => GuestMemory
}

export interface Abi {
  readonly offers: readonly Offer[]
  /** Each call gets an instance of its own. */
  readonly isFreshEachCall: boolean
  /** Exports that run before the first call, those of them that there are. */
  readonly starts: readonly string[]
  call(instance: CoreInstance, name: string, args: readonly unknown[]): MaybePromise<unknown>
  /** What outlives an instance ends. */
  forget(): void
  readonly memoryBytes: () => number
}

const NOTHING = { forget: () => undefined, memoryBytes: () => 0 }

export function createAbi(options: AbiOptions): Abi {
  const { signature, functions, outward, memory } = options
  const log = (level: LogLevel, text: string): void => void outward().log(level, text)
  if (options.abi === 'extism') return createExtism(options, log)
  const offers = [offerAssemblyScript({ memory, log }), offerHostFunctions(functions, outward)]
  if (options.abi === 'json') {
    return {
      ...NOTHING, offers, isFreshEachCall: true, starts: ['_initialize'],
      call: (instance, name, args) => callJson(instance, name, args, options),
    }
  }
  return {
    ...NOTHING, offers, isFreshEachCall: false, starts: ['_initialize'],
    call: (instance, name, args) => instance.invoke(name, toWasmNumbers(name, typeOfExport(signature, name), args)),
  }
}

/** Haskell's runtime is begun by `hs_init`. A `_start`, which plug-ins made as commands have (TinyGo's), is a function to call like the others. */
function createExtism(options: AbiOptions, log: (level: LogLevel, text: string) => void): Abi {
  const { config, functions, signature, maxBytes, memoryBytes, outward } = options
  const kernel = new Kernel({ maxBytes: memoryBytes, config, log })
  const env = new Map([...kernel.imports(), ...httpImports(kernel, outward)])
  return {
    offers: [
      (module, name) => (module === 'extism:host/env' ? env.get(name) : undefined),
      offerHostFunctions(functions, outward, createBlockCodec(kernel.memory)),
    ],
    isFreshEachCall: false,
    starts: ['_initialize', 'hs_init'],
    call: (instance, name, args) => callPlugin(name, args, { instance, kernel, signature, maxBytes }),
    forget: () => kernel.vars.clear(),
    memoryBytes: () => kernel.memory.byteLength + kernel.vars.byteLength,
  }
}
