/**
 * WASI preview 1 for one instance of a core module: its imports, and how it is started. Everything outside is an argument.
 * https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md
 */
import { NULL_DEVICE, type Device } from '../fs/device.ts'
import type { FileSystem } from '../fs/file-system.ts'
import type { OpenDirectory } from '../fs/handle.ts'
import type { Outward } from '../outward.ts'
import type { MaybePromise } from '../wait/maybe.ts'
import type { Preview1Clock, Preview1Context } from './context.ts'
import { DescriptorTable } from './descriptors.ts'
import { directoryFunctions } from './directory.ts'
import type { WasiFunction, WasiFunctions } from './functions.ts'
import { ioFunctions } from './io.ts'
import { GuestMemory } from './memory.ts'
import { metadataFunctions } from './metadata.ts'
import { pathFunctions } from './path.ts'
import { pollFunctions } from './poll.ts'
import { ExitSignal, processFunctions } from './process.ts'
import { ALL_RIGHTS, DEVICE_RIGHTS, DIRECTORY_RIGHTS, RIGHT } from './rights.ts'
import { socketFunctions } from './socket.ts'
import { promising, suspending } from './suspend.ts'

export interface Preview1Options {
  /** The program's own name first. No NUL. */
  readonly args: readonly string[]
  readonly env: readonly (readonly [name: string, value: string])[]
  /** Default: empty. */
  readonly stdin?: Device
  /** Default: nowhere. */
  readonly stdout?: Device
  readonly stderr?: Device
  readonly fs: FileSystem
  /** From descriptor 3 on; of `fs` or of other file systems. The instance owns the directories. */
  readonly preopens: readonly { readonly name: string, readonly directory: OpenDirectory }[]
  readonly clock: Preview1Clock
  /** Fills at most 64 KiB, as `crypto.getRandomValues` does. */
  readonly random: (bytes: Uint8Array<ArrayBuffer>) => void
  readonly outward: Pick<Outward, 'waits' | 'sleep'>
  /** Stores the changes of the file system; default: they are not kept. */
  readonly sync?: () => Promise<void> | void
}

/** Only these can wait; the others are called without the cost of a suspension. */
const WAITING: ReadonlySet<string> = new Set(['fd_read', 'fd_write', 'fd_sync', 'fd_datasync', 'poll_oneoff'])

const encoder = new TextEncoder()

/** One import: what the module may declare, and whether it has to be wrapped so that it can suspend the guest. */
export interface Preview1Function extends WasiFunction {
  readonly waits: boolean
}

/** One instance's view of the world. Ends with the instance: `dispose` closes what it left open. */
export class Preview1 {
  /** By name, for the module `wasi_snapshot_preview1`; for a linker of its own. */
  readonly functions: ReadonlyMap<string, Preview1Function>
  readonly #context: Preview1Context
  readonly #suspends: boolean

  constructor(options: Preview1Options) {
    const { args, env, clock, random, outward, sync = () => {}, preopens } = options
    const volumes = [...new Set(preopens.map(({ directory }) => directory.volume))]
    this.#context = {
      memory: new GuestMemory(), descriptors: openDescriptors(options), clock, random, outward, sync,
      deviceOf: (volume) => BigInt(volumes.indexOf(volume) + 1),
      args: args.map(terminated), env: env.map(([name, value]) => terminated(`${name}=${value}`)),
    }
    this.#suspends = outward.waits === 'jspi'
    this.functions = new Map(Object.entries(functionsOf(this.#context, options.fs)).map(([name, one]) =>
      [name, { ...one, waits: this.#suspends && WAITING.has(name) }]))
  }

  /** The same, ready to be imported. */
  get imports(): WebAssembly.ModuleImports {
    return Object.fromEntries([...this.functions].map(([name, { run, waits }]) => [name, waits ? suspending(run) : run]))
  }

  /** Before anything of the instance is called. False when it exports no memory, as preview 1 has it. */
  bind(instance: WebAssembly.Instance): boolean {
    const { memory } = instance.exports
    if (!(memory instanceof WebAssembly.Memory)) return false
    this.#context.memory.bind(memory)
    return true
  }

  /** An export, which may be suspended in an import. Undefined when there is no such function. */
  entry(instance: WebAssembly.Instance, name: string): ((...values: readonly unknown[]) => MaybePromise<unknown>) | undefined {
    const entry = Object.hasOwn(instance.exports, name) ? instance.exports[name] : undefined
    if (typeof entry !== 'function') return undefined
    return this.#suspends ? promising(entry) : (...values) => Reflect.apply(entry, undefined, values)
  }

  dispose(): void {
    this.#context.descriptors.closeAll()
  }
}

/** The exit code that `error` stands for, when it is an exit and no error. */
export function exitCodeOf(error: unknown): number | undefined {
  return error instanceof ExitSignal ? error.exitCode : undefined
}

function functionsOf(context: Preview1Context, fs: FileSystem): WasiFunctions {
  return {
    ...processFunctions(context), ...ioFunctions(context), ...metadataFunctions(context), ...directoryFunctions(context),
    ...pathFunctions(context, fs), ...pollFunctions(context), ...socketFunctions(context),
  }
}

function openDescriptors({ stdin = NULL_DEVICE, stdout = NULL_DEVICE, stderr = NULL_DEVICE, preopens }: Preview1Options): DescriptorTable {
  const descriptors = new DescriptorTable()
  descriptors.add({ open: stdin, rights: DEVICE_RIGHTS | RIGHT.fdRead, inheriting: 0n, flags: 0 })
  for (const open of [stdout, stderr]) descriptors.add({ open, rights: DEVICE_RIGHTS | RIGHT.fdWrite, inheriting: 0n, flags: 0 })
  for (const { name, directory } of preopens) {
    descriptors.add({ open: directory, rights: DIRECTORY_RIGHTS, inheriting: ALL_RIGHTS, flags: 0, preopen: name })
  }
  return descriptors
}

function terminated(text: string): Uint8Array {
  return encoder.encode(`${text.replaceAll('\0', '')}\0`)
}
