/**
 * What the page pushes to one extension: its subscriptions of every kind, over all its instances. They share a pace and the room for what waits, so
 * that many subscriptions to one event cost the page no more than one, and whoever makes the event nothing. Queues are served in turn: a name
 * that floods delays another by one item each.
 */
import { LimitError } from '../errors.ts'
import { type ExtensionKey, extensionKey } from '../manifest/identity.ts'
import { FIXED_LIMITS } from '../manifest/limits.ts'
import type { SetTimer } from '../util/timer.ts'
import type { CapabilityContext } from './capability.ts'
import { FrameQueue } from './frames.ts'

const MAX_SUBSCRIPTIONS = FIXED_LIMITS.subscriptions
/** Characters of JSON that wait in all queues together; each has an equal share, and room for one item however large. */
const MAX_CHARS = 4 * 2 ** 20
const MAX_CHARS_EACH = 2 ** 20
/** An item is work besides its bytes. */
const ITEM_COST = 8 * 2 ** 10
/** Limits may change, and the queue that waits may end. */
const MAX_WAIT_MS = 1000

export class Mailboxes {
  readonly #setTimer: SetTimer
  readonly #boxes = new Map<ExtensionKey, Mailbox>()

  constructor(setTimer: SetTimer) {
    this.#setTimer = setTimer
  }

  /** A queue for the extension that calls. @param onEnd  once, however it ends @throws {LimitError} too-many-handles */
  open(context: CapabilityContext, onEnd: () => void): FrameQueue {
    const key = extensionKey(context.identity)
    const box = this.#boxes.get(key) ?? new Mailbox(this.#setTimer)
    const queue = box.open(context, () => {
      if (box.isEmpty && this.#boxes.get(key) === box) this.#boxes.delete(key)
      onEnd()
    })
    this.#boxes.set(key, box)
    return queue
  }
}

class Mailbox {
  readonly #setTimer: SetTimer
  readonly #queues = new Set<FrameQueue>()
  #turns: Promise<void> = Promise.resolve()
  /** Why nothing is given now. */
  #refusal: LimitError | undefined

  constructor(setTimer: SetTimer) {
    this.#setTimer = setTimer
  }

  get isEmpty(): boolean {
    return this.#queues.size === 0
  }

  open(context: CapabilityContext, onEnd: () => void): FrameQueue {
    if (this.#queues.size >= MAX_SUBSCRIPTIONS) {
      throw new LimitError('too-many-handles', `An extension has at most ${MAX_SUBSCRIPTIONS} subscriptions at once.`, { details: { limit: 'subscriptions' } })
    }
    const queue: FrameQueue = new FrameQueue({
      maxChars: () => Math.min(MAX_CHARS_EACH, MAX_CHARS / this.#queues.size),
      turn: (give) => this.#turn(context, queue, give),
      onLoss: () => {
        if (this.#refusal !== undefined) context.limited(this.#refusal)
      },
      onEnd: () => {
        this.#queues.delete(queue)
        onEnd()
      },
    })
    this.#queues.add(queue)
    for (const other of this.#queues) other.trim()
    return queue
  }

  /** One queue after the other, in the order in which they have something to give. */
  #turn(context: CapabilityContext, queue: FrameQueue, give: () => number): Promise<void> {
    this.#turns = this.#turns.then(async () => {
      await this.#room(context, queue)
      const bytes = give()
      if (bytes > 0) charge(context, bytes + ITEM_COST)
    })
    return this.#turns
  }

  async #room({ meter }: CapabilityContext, queue: FrameQueue): Promise<void> {
    while (!queue.isOver) {
      this.#refusal = refusalOf(() => meter.take('deliveredBytesPerSecond', 0))
      if (this.#refusal === undefined) return
      const wait = Number(this.#refusal.details['retryAfterMs'] ?? MAX_WAIT_MS)
      await new Promise<void>((resolve) => this.#setTimer(resolve, Math.min(wait, MAX_WAIT_MS)))
    }
  }
}

/** More than there was is paid for by what comes next. */
function charge({ meter }: CapabilityContext, units: number): void {
  refusalOf(() => meter.charge('deliveredBytesPerSecond', units))
}

function refusalOf(use: () => void): LimitError | undefined {
  try {
    use()
    return undefined
  } catch (error) {
    if (error instanceof LimitError) return error
    throw error
  }
}
