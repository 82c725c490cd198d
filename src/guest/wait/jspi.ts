/**
 * The way out of a WebAssembly guest where promises suspend it (JSPI). It lives as long as one instance of the guest:
 * once that is dropped, what was asked for is never answered, since an answer would resume code whose memory is gone.
 */
import { GloveboxError, LimitError } from '../../errors.ts'
import type { ErrorRecord, ValueLimits } from '../../wire/payload.ts'
import { decodeValue, encodeValue } from '../../wire/value.ts'
import { CapabilityFailure, type GuestSink, type GuestSource, type LogLevel, type Outward } from '../outward.ts'
import type { SessionOutward } from '../session-outward.ts'

export interface JspiOptions {
  readonly out: SessionOutward
  readonly values: ValueLimits
  readonly pendingCapabilityCalls: number
  readonly log: Outward['log']
}

const RESET: ErrorRecord = { name: 'AbortError', message: 'The extension was reset.', code: 'disposed', stack: '' }

const later = setTimeout

export class JspiOutward implements Outward {
  readonly waits = 'jspi'
  readonly #options: JspiOptions
  readonly #teardowns = new Set<() => void>()
  readonly #aborts = new Set<() => void>()
  #pending = 0
  #isOver = false
  #isAborted = false

  constructor(options: JspiOptions) {
    this.#options = options
  }

  get pendingCapabilityCalls(): number {
    return this.#pending
  }

  get streams(): number {
    return this.#teardowns.size
  }

  /** Ends its streams; no promise of its own settles any more. */
  end(): void {
    if (this.#isOver) return
    this.#isOver = true
    for (const teardown of this.#teardowns) teardown()
    this.#teardowns.clear()
  }

  /** Nobody waits for the call that runs: what it waits for fails, so that it can end. */
  abort(): void {
    this.#isAborted = true
    for (const abort of this.#aborts) abort()
  }

  /** Another call runs from now on. */
  resume(): void {
    this.#isAborted = false
  }

  async capability(method: string, args: readonly unknown[]): Promise<unknown> {
    const { out, values, pendingCapabilityCalls } = this.#options
    if (this.#pending >= pendingCapabilityCalls) {
      out.limitMet('pendingCapabilityCalls')
      throw new CapabilityFailure('queue-full', `At most ${pendingCapabilityCalls} calls to the host may be under way.`)
    }
    const payload = encodeArguments(args, values, out)
    this.#pending++
    const outcome = await this.#answer(out.capability(method, payload).finally(() => this.#pending--))
    if (!outcome.ok) throw toFailure(outcome.error)
    return decodeValue(outcome.value, values)
  }

  acceptStream(id: number): GuestSource {
    const source = this.#options.out.acceptStream(id)
    const forget = this.#own(() => source.cancel())
    return {
      read: async () => {
        const chunk = await this.#answer(source.read().catch((error: unknown) => {
          forget()
          throw streamFailure(error)
        }))
        if (chunk === undefined) forget()
        return chunk
      },
      cancel: () => {
        forget()
        source.cancel()
      },
    }
  }

  openStream(): { readonly id: number, readonly sink: GuestSink } {
    const { id, sink } = this.#options.out.openStream()
    const forget = this.#own(() => sink.fail(RESET))
    return {
      id,
      sink: {
        write: (bytes) => this.#answer(sink.write(bytes).catch((error: unknown) => {
          forget()
          throw streamFailure(error)
        })),
        end: () => {
          forget()
          sink.end()
        },
        fail: ({ code, message }) => {
          forget()
          sink.fail({ name: 'Error', message, code, stack: '' })
        },
      },
    }
  }

  /** Goes on in an aborted call, too: there is no way to tell the guest. */
  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => void later(() => this.#isOver || resolve(), ms))
  }

  log(level: LogLevel, text: string): boolean {
    return this.#options.log(level, text)
  }

  #own(teardown: () => void): () => void {
    this.#teardowns.add(teardown)
    return () => this.#teardowns.delete(teardown)
  }

  /** As `promise`, as long as somebody is there who waits for it. */
  #answer<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const abort = (): void => reject(new CapabilityFailure('internal', 'The call was aborted.'))
      const settle = (then: () => void): void => {
        this.#aborts.delete(abort)
        if (!this.#isOver) then()
      }
      this.#aborts.add(abort)
      promise.then((value) => settle(() => resolve(value)), (error: unknown) => settle(() => reject(error)))
      if (this.#isAborted) abort()
    })
  }
}

/** @throws {CapabilityFailure} for what cannot cross: the guest's own values are refused politely */
function encodeArguments(args: readonly unknown[], values: ValueLimits, out: SessionOutward): ReturnType<typeof encodeValue> {
  try {
    return encodeValue(args, values)
  } catch (error) {
    if (error instanceof LimitError) out.limitMet('messageBytes')
    throw error instanceof GloveboxError ? new CapabilityFailure(error.code, error.message) : error
  }
}

function toFailure({ code, message }: ErrorRecord): CapabilityFailure {
  return new CapabilityFailure(code === '' ? 'internal' : code, message)
}

function streamFailure(error: unknown): CapabilityFailure {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined
  const message = error instanceof Error ? error.message : 'The stream failed.'
  return new CapabilityFailure(typeof code === 'string' && code !== '' ? code : 'internal', message)
}
