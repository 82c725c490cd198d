/**
 * Takes secrets out of what a server or a guest says: every form of them becomes asterisks, as many as it had bytes, also where it lies across
 * chunks. The last bytes are always held back until more come, as many as the longest form may take: if only what may be the beginning of a
 * secret were, a guest whose own server sends guesses would learn it byte by byte from what arrives. Time is linear in the text, whatever is in it.
 */
import { joinBytes } from '../util/bytes.ts'
import { PatternMatcher } from '../util/pattern-matcher.ts'
import { EscapeView, fold, JSON_ESCAPES, PERCENT, PLAIN } from './escape-view.ts'
import { secretForms } from './secret-forms.ts'

type Bytes = Uint8Array<ArrayBuffer>

const ASTERISK = 0x2a
const NOT_ASCII = 0xff
/** Bytes of one character in JSON, `\u0041`, the longest way of writing it that is read. */
const MAX_ESCAPE = 6
const READINGS = [PLAIN, PERCENT, JSON_ESCAPES]

/** What is looked for; made once and used for many texts. */
export class Scrub {
  readonly #matcher: PatternMatcher
  readonly #longest: number
  /** Bytes that matter where nothing is begun; whatever else comes then is passed over. */
  readonly #wakes: Uint8Array

  /** @param secrets  bindable ones, at least one */
  constructor(secrets: Iterable<string>) {
    const forms = [...secrets].flatMap(secretForms).map((form) => form.map(fold))
    this.#matcher = new PatternMatcher(forms)
    this.#longest = forms.reduce((max, { length }) => Math.max(max, length), 1)
    this.#wakes = new Uint8Array(256).map((_, byte) => (READINGS.some(({ lead }) => lead === byte) ? 1 : (this.#matcher.begins[fold(byte)] ?? 0)))
  }

  /** For one text in pieces. */
  open(): Scrubber {
    return new Scrubber(READINGS.map((escapes) => new EscapeView(this.#matcher, escapes, this.#longest)), this.#wakes, MAX_ESCAPE * this.#longest)
  }

  text(text: string): string {
    const bytes = new Uint8Array(text.length)
    for (let at = 0; at < text.length; at++) bytes[at] = Math.min(text.charCodeAt(at), NOT_ASCII) // a secret is ASCII
    const before = bytes.slice()
    const scrubber = this.open()
    const after = joinBytes([scrubber.push(bytes), scrubber.end()])
    return text.replace(/[^]/g, (unit, at: number) => (after[at] === before[at] ? unit : '*'))
  }

  /** Takes ownership of `source` and of its chunks. Reads on demand. */
  stream(source: ReadableStream<Bytes>): ReadableStream<Bytes> {
    const reader = source.getReader()
    const scrubber = this.open()
    return new ReadableStream<Bytes>({
      pull: async (controller) => {
        for (let isWaiting = true; isWaiting;) {
          const { done, value } = await reader.read()
          const bytes = done ? scrubber.end() : scrubber.push(value)
          isWaiting = bytes.byteLength === 0 && !done
          if (bytes.byteLength > 0) controller.enqueue(bytes)
          if (done) controller.close()
        }
      },
      cancel: (reason) => reader.cancel(reason),
    }, { highWaterMark: 0 })
  }
}

export class Scrubber {
  readonly #views: readonly EscapeView[]
  readonly #wakes: Uint8Array
  readonly #tail: number
  /** What is held back. */
  #held: Bytes[] = []
  #heldAt = 0
  #offset = 0

  /** @param tail  bytes that are held back whatever they are */
  constructor(views: readonly EscapeView[], wakes: Uint8Array, tail: number) {
    this.#views = views
    this.#wakes = wakes
    this.#tail = tail
  }

  /** What is certain by now. Takes ownership of `chunk`. */
  push(chunk: Bytes): Bytes {
    this.#held.push(chunk)
    let isIdle = this.#views.every((view) => view.isIdle)
    for (const byte of chunk) {
      const offset = this.#offset++
      if (isIdle && this.#wakes[byte] === 0) continue
      isIdle = true
      for (const view of this.#views) {
        view.push(byte, offset)
        isIdle &&= view.isIdle
      }
    }
    const certain = Math.min(this.#offset - this.#tail, ...this.#views.map((view) => view.heldFrom(this.#offset)))
    return this.#release(Math.max(this.#heldAt, certain))
  }

  /** The rest: what might have become a secret did not. */
  end(): Bytes {
    return this.#release(this.#offset)
  }

  #release(end: number): Bytes {
    const start = this.#heldAt
    const taken = this.#cut(end)
    this.#heldAt = end
    for (const view of this.#views) for (const [from, to] of view.take(end)) taken.fill(ASTERISK, from - start, to - start)
    return taken
  }

  /** The bytes up to `end`, as an array of their own: the receiver may transfer it. */
  #cut(end: number): Bytes {
    const pieces: Bytes[] = []
    let at = this.#heldAt
    let count = 0
    for (const chunk of this.#held) {
      if (at + chunk.byteLength > end) break
      pieces.push(chunk)
      at += chunk.byteLength
      count++
    }
    this.#held.splice(0, count)
    const [next] = this.#held
    if (next !== undefined && at < end) {
      pieces.push(next.slice(0, end - at))
      this.#held[0] = next.subarray(end - at)
    }
    const [only] = pieces
    return only !== undefined && pieces.length === 1 ? only : joinBytes(pieces)
  }
}
