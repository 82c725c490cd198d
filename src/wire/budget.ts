/**
 * What a port may receive, and the credit that keeps honest senders below it.
 * The page's side counts before it parses anything: a flood of 3e5 tiny messages stalls a page for seconds when each one is looked at.
 * The guest's side sends under credit: it can have WINDOW messages unanswered, and gets them back once per turn of the page.
 */
import { WireError } from '../errors.ts'

export const MAX_MESSAGES_PER_TURN = 1_000
export const MAX_MESSAGES_PER_SECOND = 10_000
export const MAX_BYTES_IN_FLIGHT = 64 * 2 ** 20

/** Below the receiver's ceilings, so that a sender that keeps to it can never meet them. */
export const WINDOW_MESSAGES = 256
const WINDOW_BYTES = 48 * 2 ** 20
/** What replies may send beyond it: the window may be held by requests that wait for a person, and a ping must be answered meanwhile. */
const REPLY_RESERVE_BYTES = MAX_BYTES_IN_FLIGHT - WINDOW_BYTES
/** Credit is given back in lots: one message for each reply would double the traffic of a plain call. Well below the window, so none waits for a lot. */
const LOT_MESSAGES = 64
const LOT_BYTES = 8 * 2 ** 20
/** Above this many messages in a second credit waits for the next one. */
const PACED_MESSAGES_PER_SECOND = 8_000

export interface CreditGrant {
  readonly messages: number
  readonly bytes: number
}

/** Receiver's half. One owner: the session. */
export class ReceiveBudget {
  readonly #grant: (credit: CreditGrant) => void
  readonly #ticker = new MessageChannel()
  #timer: ReturnType<typeof setTimeout> | undefined
  #isTicking = false
  #inTurn = 0
  #handled = 0
  #inSecond = 0
  #secondStart = 0
  #inFlight = 0
  #settledBytes = 0

  /** @param grant  called once per turn with what the sender gets back */
  constructor(grant: (credit: CreditGrant) => void) {
    this.#grant = grant
    // A port's own message is a task behind those already queued: one turn. Timers would be throttled in a hidden page.
    this.#ticker.port1.onmessage = () => this.#endTurn()
  }

  /** Charges one message. @throws {WireError} flood when the port is over its budget */
  charge(bytes: number): void {
    const now = performance.now()
    if (now - this.#secondStart >= 1000) {
      this.#secondStart = now
      this.#inSecond = 0
    }
    this.#inFlight += bytes
    if (++this.#inTurn > MAX_MESSAGES_PER_TURN) throw flood(`${MAX_MESSAGES_PER_TURN} messages in one turn`)
    if (++this.#inSecond > MAX_MESSAGES_PER_SECOND) throw flood(`${MAX_MESSAGES_PER_SECOND} messages in one second`)
    if (this.#inFlight > MAX_BYTES_IN_FLIGHT) throw flood(`${MAX_BYTES_IN_FLIGHT} bytes in flight`)
    // A turn that brought few messages needs no end of its own: they count into the next one's.
    if (this.#inTurn >= LOT_MESSAGES) this.#tick()
  }

  /** A message was taken up: its sender may send another. */
  handled(): void {
    if (++this.#handled >= LOT_MESSAGES) this.#tick()
  }

  /** `bytes` of an earlier message are dealt with. */
  settle(bytes: number): void {
    if (bytes === 0) return
    this.#inFlight -= bytes
    this.#settledBytes += bytes
    if (this.#settledBytes >= LOT_BYTES) this.#tick()
  }

  /** How long a sender is to wait that keeps close to the ceiling of a second, ms. */
  get restMs(): number {
    return this.#inSecond > PACED_MESSAGES_PER_SECOND ? Math.max(0, this.#secondStart + 1000 - performance.now()) : 0
  }

  dispose(): void {
    clearTimeout(this.#timer)
    this.#ticker.port1.close()
    this.#isTicking = true
  }

  #tick(): void {
    if (this.#isTicking) return
    this.#isTicking = true
    this.#ticker.port2.postMessage(null)
  }

  #endTurn(): void {
    const { restMs } = this
    if (restMs > 0) {
      this.#timer = setTimeout(() => this.#endTurn(), restMs)
      return
    }
    this.#isTicking = false
    const credit = { messages: this.#handled, bytes: this.#settledBytes }
    this.#inTurn = 0
    this.#handled = 0
    this.#settledBytes = 0
    if (credit.messages > 0 || credit.bytes > 0) this.#grant(credit)
  }
}

interface Outgoing {
  readonly message: unknown
  readonly transfer: Transferable[]
  readonly bytes: number
}

/** Sender's half: passes messages on while there is credit, keeps them in order while there is none. Replies, which need no order, go first. */
export class SendGate {
  readonly #send: (message: unknown, transfer: Transferable[]) => void
  readonly #replies: Outgoing[] = []
  readonly #queue: Outgoing[] = []
  #messages = WINDOW_MESSAGES
  #bytes = WINDOW_BYTES

  constructor(send: (message: unknown, transfer: Transferable[]) => void) {
    this.#send = send
  }

  post(message: unknown, transfer: Transferable[], bytes: number): void {
    this.#queue.push({ message, transfer, bytes })
    this.#flush()
  }

  postReply(message: unknown, transfer: Transferable[], bytes: number): void {
    this.#replies.push({ message, transfer, bytes })
    this.#flush()
  }

  credit(grant: CreditGrant): void {
    this.#messages += grant.messages
    this.#bytes += grant.bytes
    this.#flush()
  }

  #flush(): void {
    while (this.#messages > 0) {
      const next = this.#next()
      if (next === undefined) return
      this.#messages--
      this.#bytes -= next.bytes
      this.#send(next.message, next.transfer)
    }
  }

  #next(): Outgoing | undefined {
    const reply = this.#replies.findIndex(({ bytes }) => this.#fits(bytes, REPLY_RESERVE_BYTES))
    if (reply >= 0) return this.#replies.splice(reply, 1)[0]
    const first = this.#queue[0]
    return first !== undefined && this.#fits(first.bytes, 0) ? this.#queue.shift() : undefined
  }

  #fits(bytes: number, reserve: number): boolean {
    return bytes <= this.#bytes + reserve || this.#bytes >= WINDOW_BYTES
  }
}

function flood(what: string): WireError {
  return new WireError('flood', `The guest's side sent more than ${what}; its frame was removed.`)
}
