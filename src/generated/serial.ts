/** Made from wit/serial.wit by `npm run generate`. Do not edit. */
import type { CallError } from './types.ts'

/** A USB device, by its ids. */
export interface Filter {
  readonly vendorId: number
  readonly productId: number | undefined
}

export type Parity =
  | 'none'
  | 'even'
  | 'odd'

export type FlowControl =
  | 'none'
  | 'hardware'

/** What is absent is as https://wicg.github.io/serial/#serialoptions-dictionary says. */
export interface Settings {
  /** 1 to 16777216. */
  readonly baudRate: number
  /** 7 or 8. */
  readonly dataBits: number | undefined
  /** 1 or 2. */
  readonly stopBits: number | undefined
  readonly parity: Parity | undefined
  readonly flowControl: FlowControl | undefined
  /** 1 to 1048576 bytes. */
  readonly bufferSize: number | undefined
}

/** What is absent stays as it is. */
export interface OutputSignals {
  readonly dataTerminalReady: boolean | undefined
  readonly requestToSend: boolean | undefined
  readonly break: boolean | undefined
}

export interface InputSignals {
  readonly clearToSend: boolean
  readonly dataCarrierDetect: boolean
  readonly dataSetReady: boolean
  readonly ringIndicator: boolean
}

/** At most 8 at once. Dropping it closes it. */
export interface Port {
  /** None where the device is not on USB. */
  vendorId(): number | undefined

  productId(): number | undefined

  /**
   * Waits for the next bytes that the device sends, within the time of the call. None once the port was closed; fails with `device-lost` when the
   * device is gone.
   */
  read(): Result<Uint8Array | undefined, CallError>

  /** Waits for room, not for the device: up to 256 KiB are on their way after it. Fails with `device-lost` when the device is gone. */
  write(bytes: Uint8Array): Result<undefined, CallError>

  setSignals(signals: OutputSignals): Result<undefined, CallError>

  getSignals(): Result<InputSignals, CallError>

  /** Bytes that the device has not taken by then are lost. */
  close(): Result<undefined, CallError>
}

/**
 * Serial devices that the user picks in the browser's own chooser. Needs the permission `serial:open`, and that the user has just clicked or typed in
 * the page: else it fails with `gesture-required`.
 */
export interface Serial {
  /** The chooser shows the devices that the permission names, and of these only what `filters` name, where there are any. */
  open(filters: readonly Filter[], settings: Settings): Result<Port, CallError>
}

export type Result<T, E> = { readonly tag: 'ok'; readonly val: T } | { readonly tag: 'err'; readonly val: E }
