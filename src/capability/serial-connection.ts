/**
 * One open serial port, as two byte streams under the guest's credit. It ends with the guest, its grant, the device or `end`, whichever is first,
 * and is closed then. https://wicg.github.io/serial/
 */
import { CapabilityError } from './capability.ts'

type Bytes = Uint8Array<ArrayBuffer>

/** What is used of a SerialPort, which the DOM's types do not have. */
export interface SerialPortLike {
  readonly readable: ReadableStream<Uint8Array> | null
  readonly writable: WritableStream<Uint8Array> | null
  getInfo(): { readonly usbVendorId?: number; readonly usbProductId?: number }
  open(options: object): Promise<void>
  close(): Promise<void>
  setSignals(signals: object): Promise<void>
  getSignals(): Promise<object>
  addEventListener(type: 'disconnect', listener: () => void): void
  removeEventListener(type: 'disconnect', listener: () => void): void
}

export interface ConnectionOptions {
  /** Ends it with its reason. */
  readonly signal: AbortSignal
  /** What the guest sends. */
  readonly upload: ReadableStream<Bytes>
  /** Called when the guest waits for the device; what it gives is called when that has answered. */
  readonly waiting: () => () => void
}

export class SerialConnection {
  /** Rejects with why it ended; resolves where `end` was called without a reason. */
  readonly closed: Promise<void>
  readonly received: ReadableStream<Bytes>
  readonly #port: SerialPortLike
  readonly #options: ConnectionOptions
  readonly #uploadReader: ReadableStreamDefaultReader<Bytes>
  #settle: { readonly resolve: () => void; readonly reject: (reason: unknown) => void } | undefined
  #controller: ReadableStreamDefaultController<Bytes> | undefined
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined
  #writer: WritableStreamDefaultWriter<Uint8Array> | undefined

  /** @param port  open; closed by this object from now on */
  constructor(port: SerialPortLike, options: ConnectionOptions) {
    this.#port = port
    this.#options = options
    this.closed = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject }
    })
    this.closed.catch(() => undefined) // told to whoever asks
    this.#uploadReader = options.upload.getReader()
    this.received = new ReadableStream<Bytes>({
      start: (controller) => void (this.#controller = controller),
      pull: (controller) => this.#pull(controller),
      cancel: async () => this.#reader?.cancel(), // it may go on writing
    }, { highWaterMark: 0 })
    port.addEventListener('disconnect', this.#lose)
    options.signal.addEventListener('abort', this.#abort)
    void this.#send()
    if (options.signal.aborted) this.#abort()
  }

  /** The device may be somebody else's once this has ended. @throws why it ended; {CapabilityError} device-lost */
  async use(): Promise<SerialPortLike> {
    if (this.#settle !== undefined) return this.#port
    await this.closed
    throw new CapabilityError('device-lost', 'The port is closed.')
  }

  /** Idempotent. */
  end(reason?: unknown): void {
    const settle = this.#settle
    if (settle === undefined) return
    this.#settle = undefined
    this.#port.removeEventListener('disconnect', this.#lose)
    this.#options.signal.removeEventListener('abort', this.#abort)
    void this.#uploadReader.cancel(reason).catch(() => undefined)
    if (reason === undefined) closeQuietly(this.#controller)
    else this.#controller?.error(reason)
    void this.#close()
    if (reason === undefined) settle.resolve()
    else settle.reject(reason)
  }

  readonly #abort = (): void => this.end(this.#options.signal.reason)
  readonly #lose = (): void => this.end(new CapabilityError('device-lost', 'The device was unplugged, or stopped answering.'))

  async #pull(controller: ReadableStreamDefaultController<Bytes>): Promise<void> {
    while (this.#settle !== undefined) {
      const { readable } = this.#port
      if (readable === null) return this.#lose()
      this.#reader ??= readable.getReader()
      try {
        const { done, value } = await this.#reader.read().finally(this.#options.waiting())
        if (this.#settle === undefined) return
        if (done) return this.#lose()
        if (value.byteLength > 0) return controller.enqueue(value.slice())
      } catch {
        // A framing or parity error, or an overrun: the port has another stream then, and those bytes are lost.
        this.#reader.releaseLock()
        this.#reader = undefined
        if (this.#port.readable === readable) return this.#lose()
      }
    }
  }

  /** The end of what the guest sends is not the end of the port. */
  async #send(): Promise<void> {
    for (;;) {
      const next = await this.#uploadReader.read().catch(() => undefined)
      if (this.#settle === undefined || next === undefined || next.done) return
      try {
        this.#writer ??= this.#port.writable?.getWriter()
        if (this.#writer === undefined) return this.#lose()
        await this.#writer.ready
        await this.#writer.write(next.value)
      } catch {
        return this.#lose()
      }
    }
  }

  /** A port with locked streams cannot be closed. */
  async #close(): Promise<void> {
    const [reader, writer] = [this.#reader, this.#writer]
    await Promise.allSettled([reader?.cancel(), writer?.abort()])
    reader?.releaseLock()
    writer?.releaseLock()
    await this.#port.close().catch(() => undefined) // it is gone already
  }
}

function closeQuietly(controller: ReadableStreamDefaultController<Bytes> | undefined): void {
  try {
    controller?.close()
  } catch {
    // The guest had cancelled it.
  }
}
