/**
 * Takes secrets out of what a server or a guest says: every form of them becomes asterisks, as many as it had bytes, also where it lies across
 * chunks. The last bytes are always held back until more come, as many as the longest form may take: if only what may be the beginning of a
 * secret were, a guest who gets a server to send guesses would learn it byte by byte from what arrives; as it would by a clock, if bytes that lead on
 * to a secret took longer than others.
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

  /** @param secrets  bindable ones, at least one */
  constructor(secrets: Iterable<string>) {
    const forms = [...secrets].flatMap(secretForms)
    this.#matcher = new PatternMatcher(forms, fold)
    this.#longest = forms.reduce((max, { length }) => Math.max(max, length), 1)
  }

  /** What it takes, roughly. */
  get byteLength(): number {
    return this.#matcher.byteLength
  }

  /** For one text in pieces. */
  open(): Scrubber {
    return new Scrubber(READINGS.map((escapes) => new EscapeView(this.#matcher, escapes, this.#longest)), MAX_ESCAPE * this.#longest)
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
  readonly #tail: number
  /** What is held back. */
  #held: Bytes[] = []
  #heldAt = 0
  #offset = 0

  /** @param tail  bytes that are held back whatever they are: nothing that is still to become a secret begins before them */
  constructor(views: readonly EscapeView[], tail: number) {
    this.#views = views
    this.#tail = tail
  }

  /** What is certain by now. Takes ownership of `chunk`. */
  push(chunk: Bytes): Bytes {
    this.#held.push(chunk)
    for (const view of this.#views) view.read(chunk, this.#offset)
    this.#offset += chunk.byteLength
    return this.#release(Math.max(this.#heldAt, this.#offset - this.#tail))
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
