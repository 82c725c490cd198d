/** wasi:io/poll 0.2: https://github.com/WebAssembly/WASI/blob/main/proposals/io/wit/poll.wit */
import type { Outward } from '../outward.ts'
import { andThen, type MaybePromise } from '../wait/maybe.ts'
import type { WasiContext } from './context.ts'
import { Resource, type ResourceCount } from './resource.ts'
import { ImportTrap } from './wit-error.ts'

export interface Waitable {
  isReady(): boolean
  /** Ends when it may have become ready. Never fails: what failed is ready, and its owner tells. */
  wait(): MaybePromise<void>
  /** For those that only time makes ready: how long it takes, ms. */
  readonly dueMs?: () => number
}

/** A wait for time that lost against something else must not leave its timer for hours. */
const MAX_SLEEP_MS = 1000
const MAX_POLLED = 10_000

export class Pollable extends Resource {
  readonly #waitable: Waitable

  constructor(count: ResourceCount, waitable: Waitable) {
    super(count)
    this.#waitable = waitable
  }

  get waitable(): Waitable {
    return this.#waitable
  }

  ready(): boolean {
    return this.#waitable.isReady()
  }

  block(): MaybePromise<void> {
    const waitable = this.#waitable
    return waitable.isReady() ? undefined : andThen(waitable.wait(), () => this.block())
  }
}

export interface PollImports extends Readonly<Record<string, unknown>> {
  readonly Pollable: typeof Pollable
  readonly poll: (list: readonly Pollable[]) => MaybePromise<Uint32Array>
}

export function createPoll({ outward }: WasiContext): PollImports {
  const poll = (list: readonly Pollable[]): MaybePromise<Uint32Array> => {
    if (list.length === 0) throw new ImportTrap('poll: the list is empty.')
    if (list.length > MAX_POLLED) throw new ImportTrap(`poll: more than ${MAX_POLLED} pollables.`)
    const ready = list.flatMap((pollable, index) => (pollable.ready() ? [index] : []))
    if (ready.length > 0) return Uint32Array.from(ready)
    return andThen(waitForAny(list.map(({ waitable }) => waitable), outward), () => poll(list))
  }
  return { Pollable, poll }
}

export function createTimer(outward: Outward, now: () => number, atMs: number): Waitable {
  const dueMs = (): number => Math.max(0, atMs - now())
  return {
    isReady: () => now() >= atMs,
    wait: () => outward.sleep(Math.min(dueMs(), MAX_SLEEP_MS)),
    dueMs,
  }
}

/** Where the worker blocks, it can wait for one thing only: something that comes from the page, else for the nearest time. */
function waitForAny(waitables: readonly Waitable[], outward: Outward): MaybePromise<void> {
  if (outward.waits === 'jspi') return Promise.race(waitables.map(async (waitable) => waitable.wait()))
  const other = waitables.find(({ dueMs }) => dueMs === undefined)
  if (other !== undefined) return other.wait()
  return outward.sleep(Math.min(...waitables.map(({ dueMs }) => dueMs?.() ?? 0)))
}
