/** glovebox:host/serial. */
import type * as Wit from '../../generated/serial.ts'
import { CapabilityFailure, type GuestSink, type Outward } from '../outward.ts'
import { andThen, attempt, type MaybePromise } from '../wait/maybe.ts'
import type { WasiContext } from '../wasi/context.ts'
import { Resource } from '../wasi/resource.ts'
import { callError, callHost, type Imported } from './call-host.ts'
import { Chunks } from './chunks.ts'

type Fields = Readonly<Record<string, unknown>>

class Port extends Resource {
  readonly #outward: Outward
  readonly #about: Fields
  readonly #chunks: Chunks
  readonly #sink: GuestSink
  #isClosed = false

  /** @param opened  the answer of `serial.open` @param sink  what that was given */
  constructor({ resources, outward }: WasiContext, opened: unknown, sink: GuestSink) {
    super(resources)
    this.#outward = outward
    this.#about = Object(opened) as Fields // read as unknown
    this.#sink = sink
    this.#chunks = new Chunks(outward.acceptStream(Number(this.#about['stream'])))
  }

  vendorId(): number | undefined {
    return toId(this.#about['vendorId'])
  }

  productId(): number | undefined {
    return toId(this.#about['productId'])
  }

  read(): MaybePromise<Uint8Array | undefined> {
    return this.#chunks.read()
  }

  write(bytes: Uint8Array): MaybePromise<void> {
    if (this.#isClosed) throw callError('invalid-argument', 'The port is closed.')
    return attempt(() => this.#sink.write(bytes.slice()), () => undefined, (error) => {
      if (!(error instanceof CapabilityFailure)) throw error
      return andThen(this.#ask('closed'), () => { // nobody reads any more: that says why
        throw callError('device-lost', 'The port is closed.')
      })
    })
  }

  setSignals(signals: Wit.OutputSignals): MaybePromise<void> {
    return andThen(this.#ask('setSignals', given({ ...signals })), () => undefined)
  }

  getSignals(): MaybePromise<Wit.InputSignals> {
    return andThen(this.#ask('getSignals'), (answer) => {
      const signals = Object(answer) as Fields // read as unknown
      const isOn = (name: keyof Wit.InputSignals): boolean => signals[name] === true
      return {
        clearToSend: isOn('clearToSend'), dataCarrierDetect: isOn('dataCarrierDetect'), dataSetReady: isOn('dataSetReady'),
        ringIndicator: isOn('ringIndicator'),
      }
    })
  }

  close(): MaybePromise<void> {
    if (this.#isClosed) return undefined
    this.#isClosed = true
    this.#chunks.end()
    this.#sink.end()
    return andThen(this.#ask('close'), () => undefined)
  }

  protected override onDispose(): void {
    const ignore = (): void => undefined
    void attempt(() => this.close(), ignore, ignore)
  }

  #ask(method: string, ...args: readonly unknown[]): MaybePromise<unknown> {
    return callHost(this.#outward, `serial.${method}`, [this.#about['handle'], ...args])
  }
}

export function createSerial(context: WasiContext): { readonly Port: unknown, readonly open: unknown } & Omit<Imported<Wit.Serial>, 'open'> {
  const { outward } = context
  return {
    Port,
    open: (filters: readonly Wit.Filter[], settings: Wit.Settings) => {
      const { id, sink } = outward.openStream()
      const options = { ...given({ ...settings }), ...(filters.length > 0 && { filters: filters.map((filter) => given({ ...filter })) }) }
      return attempt(() => callHost(outward, 'serial.open', [options, id]), (opened) => new Port(context, opened, sink), (error) => {
        sink.fail(new CapabilityFailure('internal', 'There is no port.'))
        throw error
      })
    },
  }
}

/** Without the options that are none: the page takes a field that is there for a value. */
function given(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}

function toId(id: unknown): number | undefined {
  return typeof id === 'number' ? id : undefined
}
