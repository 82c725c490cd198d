/** TextEncoderStream and TextDecoderStream: the guest's own coders between the two ends of a TransformStream. https://encoding.spec.whatwg.org */
import type { CreateGlobals } from '../bridge.ts'
import { textDecoderOf, utf8Of } from './encoding.ts'
import { TransformStream } from './streams.ts'
import { defineInterface, toBytes, toDomString } from './web-idl.ts'

export const createTextStreamsGlobals: CreateGlobals = (bridge) => {
  const utf8 = utf8Of(bridge)
  const TextDecoder = textDecoderOf(bridge)
  const decode: Function = TextDecoder.prototype.decode

  class TextEncoderStream {
    readonly #transform = new TransformStream<unknown, Uint8Array>(createEncoder((text) => utf8.encode(text)))

    get encoding(): string {
      return 'utf-8'
    }
    get readable(): object {
      return this.#transform.readable
    }
    get writable(): object {
      return this.#transform.writable
    }
  }

  class TextDecoderStream {
    readonly #decoder: TextDecoder
    readonly #transform: TransformStream<unknown, string>

    constructor(...args: readonly [label?: unknown, options?: unknown]) {
      const decoder = new TextDecoder(...args)
      this.#decoder = decoder
      const run = (...args: readonly unknown[]): string => Reflect.apply(decode, decoder, args)
      this.#transform = new TransformStream<unknown, string>({
        transform: (chunk, controller) => give(run(toBytes(chunk, 'TextDecoderStream'), { stream: true }), controller),
        flush: (controller) => give(run(), controller),
      })
    }
    get encoding(): string {
      return this.#decoder.encoding
    }
    get fatal(): boolean {
      return this.#decoder.fatal
    }
    get ignoreBOM(): boolean {
      return this.#decoder.ignoreBOM
    }
    get readable(): object {
      return this.#transform.readable
    }
    get writable(): object {
      return this.#transform.writable
    }
  }

  return {
    TextEncoderStream: defineInterface(TextEncoderStream, 'TextEncoderStream'),
    TextDecoderStream: defineInterface(TextDecoderStream, 'TextDecoderStream'),
  }
}

interface Controller<T> {
  enqueue(chunk: T): void
}

interface Encoder {
  transform(chunk: unknown, controller: Controller<Uint8Array>): void
  flush(controller: Controller<Uint8Array>): void
}

/** The first half of a surrogate pair waits for the next chunk. */
function createEncoder(encode: (text: string) => Uint8Array): Encoder {
  let pending = ''
  return {
    transform(chunk, controller) {
      const text = pending + toDomString(chunk)
      const last = text.charCodeAt(text.length - 1)
      pending = last >= 0xd800 && last <= 0xdbff ? text.slice(-1) : ''
      if (text.length > pending.length) controller.enqueue(encode(text.slice(0, text.length - pending.length)))
    },
    flush(controller) {
      if (pending !== '') controller.enqueue(encode(pending))
    },
  }
}

function give(text: string, controller: Controller<string>): void {
  if (text !== '') controller.enqueue(text)
}
