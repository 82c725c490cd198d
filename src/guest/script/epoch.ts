/**
 * Everything of the worker's that one run of the guest's memory left pending. When memory goes back to its snapshot, whatever would speak
 * to the old memory must be gone: the epoch ends, its teardowns run, and replies that come later find it ended.
 */
import type { ErrorRecord } from '../../wire/payload.ts'
import { TimerCount } from './timer-count.ts'
import type { ByteSink, ByteSource } from './vm-types.ts'

const ENDED: ErrorRecord = { name: 'AbortError', message: 'The extension was reset.', code: 'disposed', stack: '' }

export class Epoch {
  /** Streams by the page's numbers. */
  readonly sources = new Map<number, ByteSource>()
  readonly sinks = new Map<number, ByteSink>()
  /** Capability calls without an answer. */
  pendingCapabilityCalls = 0
  /** Of their arguments, copied out of the VM and not answered yet. */
  pendingBytes = 0
  /** Delegate ops that answer later. */
  pendingAnswers = 0
  readonly timers = new TimerCount()
  readonly #teardowns: (() => void)[] = []
  #isAlive = true

  get isAlive(): boolean {
    return this.#isAlive
  }

  /** Nothing will come back that the guest asked for. */
  get isIdle(): boolean {
    return this.pendingCapabilityCalls === 0 && this.pendingAnswers === 0
  }

  onEnd(teardown: () => void): void {
    if (this.#isAlive) this.#teardowns.push(teardown)
    else teardown()
  }

  /** @param reason  for those who read what the guest was sending */
  end(reason = ENDED): void {
    if (!this.#isAlive) return
    this.#isAlive = false
    for (const source of this.sources.values()) attempt(() => source.cancel())
    for (const sink of this.sinks.values()) attempt(() => sink.fail(reason))
    this.sources.clear()
    this.sinks.clear()
    for (const teardown of this.#teardowns.splice(0).reverse()) attempt(teardown)
  }
}

/** Where work began that comes back to the guest later: what it resumes goes on for the same call. */
export interface Origin {
  readonly epoch: Epoch
  /** The page's number of the call; undefined outside calls. */
  readonly call: number | undefined
}

/** One teardown that fails must not keep the others from running; what failed belonged to memory that is gone. */
function attempt(teardown: () => void): void {
  try {
    teardown()
  } catch {
    // nobody is left to tell
  }
}
