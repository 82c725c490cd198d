/**
 * Operations of crypto.subtle wait here, in the guest's own memory, and go out a few at a time: the worker keeps copies that the guest's
 * cap does not see, and runs no more at once anyway.
 */
import type { BridgeValue } from '../bridge.ts'
import { DOMException } from './dom-exception.ts'

/** Twice what the worker runs at once. */
const MAX_UNDER_WAY = 8
const MAX_UNDER_WAY_BYTES = 16 * 2 ** 20
const MAX_WAITING_BYTES = 32 * 2 ** 20

interface Waiting {
  readonly bytes: number
  start(): void
}

export class Turns {
  readonly #waiting: Waiting[] = []
  #waitingBytes = 0
  #count = 0
  #bytes = 0

  /** What `send` resolves with, called when it is its turn and then forgotten: what it holds is free from then on. */
  take(bytes: number, send: () => Promise<BridgeValue>): Promise<BridgeValue> {
    return new Promise((resolve) => {
      const start = (): void => resolve(this.#follow(bytes, send()))
      if (this.#waiting.length === 0 && this.#hasRoom(bytes)) return start()
      if (this.#waitingBytes + bytes > MAX_WAITING_BYTES) {
        throw new DOMException(`At most ${MAX_WAITING_BYTES} bytes may wait for their turn`, 'QuotaExceededError')
      }
      this.#waitingBytes += bytes
      this.#waiting.push({ bytes, start })
    })
  }

  async #follow(bytes: number, reply: Promise<BridgeValue>): Promise<BridgeValue> {
    this.#count++
    this.#bytes += bytes
    try {
      return await reply
    } finally {
      this.#count--
      this.#bytes -= bytes
      this.#startNext()
    }
  }

  #startNext(): void {
    for (let next = this.#waiting[0]; next !== undefined && this.#hasRoom(next.bytes); next = this.#waiting[0]) {
      this.#waiting.shift()
      this.#waitingBytes -= next.bytes
      next.start()
    }
  }

  #hasRoom(bytes: number): boolean {
    return this.#count === 0 || (this.#count < MAX_UNDER_WAY && this.#bytes + bytes <= MAX_UNDER_WAY_BYTES)
  }
}
