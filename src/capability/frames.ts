/**
 * Pushing to a guest: a queue of JSON frames that the page fills and the guest drains under its stream's credit, at its extension's pace. What
 * waits is bounded: a slow guest loses the oldest frames, and the next one it reads says how many. So nobody waits for a guest, and what it reads
 * last is the newest.
 */
import { encodeFrame } from '../wire/frame.ts'

type Bytes = Uint8Array<ArrayBuffer>

export interface FrameQueueOptions {
  /** Frames that wait. Default 256. */
  readonly maxFrames?: number
  /** Characters of JSON that may wait now; the newest frame always may. */
  readonly maxChars: () => number
  /** Calls `give` when a frame may go; it gives the frame's bytes, 0 where there is none any more. */
  readonly turn: (give: () => number) => Promise<void>
  /** A frame was dropped. */
  readonly onLoss: () => void
  /** Once, however it ends: the guest reads no more, its epoch ended, `end` or `fail`. */
  readonly onEnd: () => void
}

export class FrameQueue {
  /** For `context.sendStream`. */
  readonly stream: ReadableStream<Bytes>
  readonly #options: FrameQueueOptions
  readonly #waiting: string[] = []
  #chars = 0
  #lost = 0
  #isOver = false
  #wake: (() => void) | undefined
  #controller: ReadableStreamDefaultController<Bytes> | undefined

  constructor(options: FrameQueueOptions) {
    this.#options = options
    this.stream = new ReadableStream<Bytes>({
      start: (controller) => void (this.#controller = controller),
      pull: (controller) => this.#pull(controller),
      cancel: () => this.#settle(),
    }, { highWaterMark: 0 })
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /** @param json  of the value: one text serves many queues */
  push(json: string): void {
    if (this.#isOver) return
    this.#waiting.push(json)
    this.#chars += json.length
    this.trim()
    this.#wake?.()
  }

  /** Drops the oldest, where there may be less now. */
  trim(): void {
    const { maxFrames = 256, maxChars, onLoss } = this.#options
    while (this.#waiting.length > 1 && (this.#waiting.length > maxFrames || this.#chars > maxChars())) {
      this.#shift()
      this.#lost++
      onLoss()
    }
  }

  /** Nothing that waits is delivered any more: the guest's next read fails with `reason`. */
  fail(reason: unknown): void {
    if (this.#isOver) return
    this.#settle()
    this.#controller?.error(reason)
  }

  /** What waits is dropped. */
  end(): void {
    if (this.#isOver) return
    this.#settle()
    this.#controller?.close()
  }

  async #pull(controller: ReadableStreamDefaultController<Bytes>): Promise<void> {
    if (this.#waiting.length === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
      this.#wake = undefined
    }
    await this.#options.turn(() => this.#give(controller))
  }

  #give(controller: ReadableStreamDefaultController<Bytes>): number {
    const json = this.#shift()
    if (json === undefined) return 0 // it is over
    const frame = encodeFrame(this.#lost, json)
    this.#lost = 0
    const { byteLength } = frame
    controller.enqueue(frame)
    return byteLength
  }

  #shift(): string | undefined {
    const json = this.#waiting.shift()
    this.#chars -= json?.length ?? 0
    return json
  }

  #settle(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#waiting.length = 0
    this.#chars = 0
    this.#wake?.()
    this.#options.onEnd()
  }
}
