/**
 * What the page pushes, item by item: an async iterator for the guest, or calls of its callback. One frame of the stream is one item; the next
 * is read when the guest asks for it, which is the brake.
 */
import { FrameReader, type Frame } from '../../../../wire/frame.ts'
import type { Bridge, GuestSource } from '../../bridge.ts'
import { utf8Of } from '../encoding.ts'

export interface Subscription {
  /** Resolves when the page pushes; rejects with its refusal, as `next` does. */
  readonly opened: Promise<void>
  next(): Promise<IteratorResult<unknown, undefined>>
  return(): Promise<IteratorResult<unknown, undefined>>
  [Symbol.asyncIterator](): Subscription
}

class Feed {
  readonly #bridge: Bridge
  readonly #reader: FrameReader
  readonly #source: Promise<GuestSource>
  #isOver = false
  /** Reads go one after the other, also when the guest asks for two at once. */
  #turn: Promise<unknown> = Promise.resolve()

  constructor(bridge: Bridge, opening: Promise<unknown>) {
    this.#bridge = bridge
    this.#reader = new FrameReader(utf8Of(bridge).decode)
    this.#source = this.#open(opening)
    this.#source.catch(() => undefined) // told to whoever reads
  }

  /** Resolves when the page pushes; rejects with its refusal. */
  async opened(): Promise<void> {
    await this.#source
  }

  read(): Promise<Frame | undefined> {
    const frame = this.#readAfter(this.#turn)
    this.#turn = frame.catch(() => undefined)
    return frame
  }

  /** Also ends a read that waits. */
  async close(): Promise<void> {
    if (this.#isOver) return
    this.#isOver = true
    const source = await this.#source.catch(() => undefined)
    source?.cancel()
  }

  async #open(opening: Promise<unknown>): Promise<GuestSource> {
    return this.#bridge.acceptStream(Number(await opening))
  }

  async #readAfter(turn: Promise<unknown>): Promise<Frame | undefined> {
    await turn
    const source = await this.#source
    for (;;) {
      if (this.#isOver) return undefined
      const frame = this.#reader.next()
      if (frame !== undefined) return frame
      const chunk = await source.read()
      if (chunk === undefined) this.#isOver = true
      else this.#reader.push(chunk as Uint8Array<ArrayBuffer>) // no shared memory exists in the guest
    }
  }
}

/** @param opening  the answer of the capability: the stream's number */
export function iterate(bridge: Bridge, opening: Promise<unknown>, toItem: (frame: Frame) => unknown): Subscription {
  const feed = new Feed(bridge, opening)
  const opened = feed.opened()
  opened.catch(() => undefined) // also told to whoever reads
  return {
    opened,
    async next() {
      const frame = await feed.read()
      return frame === undefined ? { done: true, value: undefined } : { done: false, value: toItem(frame) }
    },
    async return() {
      await feed.close()
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

/** Resolves, once the page pushes, with a function that ends it. A later end by the page (a revocation) goes to the log. */
export async function deliver(
  bridge: Bridge, opening: Promise<unknown>, toItem: (frame: Frame) => unknown, callback: (item: unknown) => unknown,
): Promise<() => void> {
  const feed = new Feed(bridge, opening)
  await feed.opened()
  void pump(bridge, feed, toItem, callback)
  return () => void feed.close()
}

async function pump(bridge: Bridge, feed: Feed, toItem: (frame: Frame) => unknown, callback: (item: unknown) => unknown): Promise<void> {
  try {
    for (let frame = await feed.read(); frame !== undefined; frame = await feed.read()) await runCallback(bridge, callback, toItem(frame))
  } catch (error) {
    bridge.reportError(error)
  }
}

/** A callback that throws, or rejects, has had its item; the next one comes all the same. One that returns a promise is waited for. */
async function runCallback(bridge: Bridge, callback: (item: unknown) => unknown, item: unknown): Promise<void> {
  try {
    await callback(item)
  } catch (error) {
    bridge.reportError(error)
  }
}
