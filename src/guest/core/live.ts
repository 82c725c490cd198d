/** An instance with everything that was made for it. Dropped as a whole. */
import type { CoreSignature } from '../../wire/core-signature.ts'
import { andThen, attempt, type MaybePromise } from '../wait/maybe.ts'
import { createInstanceOutward, type InstanceOutward, type InstanceOutwardOptions } from '../wait/instance-outward.ts'
import { exitCodeOf } from '../wasi-p1/preview1.ts'
import type { KeptDirectories } from '../fs/kept.ts'
import type { Outward } from '../outward.ts'
import type { Abi } from './abi.ts'
import { CoreInstance } from './core-instance.ts'
import { GuestFailure } from './failure.ts'
import { link, type Linked, type LinkOptions } from './link.ts'
import { createReactorWasi, type ReactorWasi, WASI_MODULE } from './reactor-wasi.ts'

export interface Surroundings {
  readonly outward: Outward
  readonly pending: InstanceOutward['pending']
  readonly linked: Linked
  readonly wasi: ReactorWasi | undefined
  end(): void
}

export interface LiveOptions extends InstanceOutwardOptions {
  /** Directories that outlive the instance. */
  readonly kept: KeptDirectories | undefined
  readonly signature: CoreSignature
  readonly memory: LinkOptions['memory']
}

/** What an instance is linked with. @throws as `link` */
export function surround({ signature, memory, waiting, kept, ...options }: LiveOptions, abi: Abi): Surroundings {
  const { outward, pending, end } = createInstanceOutward({ waiting, ...options })
  const wasi = signature.imports.some(({ module }) => module === WASI_MODULE) ? createReactorWasi(outward, kept) : undefined
  const linked = link(signature, { offers: [...abi.offers, ...(wasi ? [wasi.offer] : [])], waiting, memory })
  return {
    outward, pending, linked, wasi,
    end: () => {
      wasi?.flush()
      wasi?.end()
      end()
    },
  }
}

/** Runs what the module runs before its first call. */
export function startInstance(instance: CoreInstance, abi: Abi, { functions }: CoreSignature): MaybePromise<void> {
  return abi.starts.reduce<MaybePromise<void>>((before, name) => {
    const type = functions.get(name)
    if (type === undefined) return before
    const args = [...(type.split('>')[0] ?? '')].map((letter) => (letter === 'I' ? 0n : 0))
    return andThen(before, () => attempt(() => instance.invoke(name, args), () => undefined, (error) => {
      if (exitCodeOf(error) !== 0) throw error
    }))
  }, undefined)
}

/** An exit is the module's own word. */
export function withoutExit(error: unknown): unknown {
  const code = exitCodeOf(error)
  return code === undefined ? error : new GuestFailure('ExitError', `The module ended itself with exit code ${code}.`, String(code))
}
