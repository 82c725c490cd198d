/** What the functions of one instance share. */
import type { Volume } from '../fs/volume.ts'
import type { Outward } from '../outward.ts'
import type { DescriptorTable } from './descriptors.ts'
import type { GuestMemory } from './memory.ts'

export interface Preview1Clock {
  /** Nanoseconds since 1970. */
  readonly wall: () => bigint
  /** Nanoseconds since any moment; never falls. */
  readonly monotonic: () => bigint
  /** Nanoseconds between two ticks. */
  readonly resolution: bigint
}

export interface Preview1Context {
  readonly memory: GuestMemory
  readonly descriptors: DescriptorTable
  /** The number of a file system that a preopen is of. */
  readonly deviceOf: (volume: Volume) => bigint
  /** The program's own name first; NUL-terminated. */
  readonly args: readonly Uint8Array[]
  /** `NAME=value`, NUL-terminated. */
  readonly env: readonly Uint8Array[]
  readonly clock: Preview1Clock
  /** Fills at most 64 KiB, as `crypto.getRandomValues` does. */
  readonly random: (bytes: Uint8Array<ArrayBuffer>) => void
  readonly outward: Pick<Outward, 'waits' | 'sleep'>
  /** Stores what changed in the file system, where it is kept. */
  readonly sync: () => Promise<void> | void
}
