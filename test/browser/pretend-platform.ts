/**
 * The browser's own powers, pretended in this page: a user who is active, choosers that answer, a clipboard, a device. What comes as far as these
 * is counted: no engine's harness can click, choose and plug in for real everywhere.
 */
import { vi } from 'vitest'
import { pass } from './user-part.ts'

export interface PretendPlatform {
  /** The user clicks: a click buys each power once. */
  click(): void
  /** What an extension achieved: a clipboard read or written, a notification shown, a file picked or saved, a device opened. */
  effects: number
  /** Files, devices and the clipboard answer nothing any more, and the browser asks its own question about notifications. */
  isSlow: boolean
  /** Of what has no answer. */
  waiting: number
}

const NAVIGATOR = ['userActivation', 'clipboard', 'serial']

export function pretendPlatform(): PretendPlatform {
  let looks = 0
  const click = (): void => {
    looks = 0
    pass(500) // not the second half of a double click
  }
  const platform: PretendPlatform = { effects: 0, isSlow: false, waiting: 0, click }
  const never = (): Promise<never> => {
    platform.waiting++
    return new Promise(() => undefined)
  }
  const done = async <T>(value: T): Promise<T> => {
    if (platform.isSlow) return never()
    platform.effects++
    return value
  }
  const values: readonly object[] = [
    // A click is new where there was none at the look before; a call of the app's is one.
    { get isActive() { return looks++ > 0 }, hasBeenActive: true }, { readText: () => done('copied'), writeText: () => done(undefined) }, { requestPort: async () => createPort(platform, never) },
  ]
  for (const [index, name] of NAVIGATOR.entries()) Object.defineProperty(navigator, name, { configurable: true, value: values[index] })
  vi.stubGlobal('Notification', notificationOf(platform, never))
  vi.stubGlobal('showOpenFilePicker', async () => {
    platform.effects++
    const file = new File(['text'], 'a.txt')
    if (platform.isSlow) Object.defineProperty(file, 'stream', { value: () => new ReadableStream({ pull: never }, { highWaterMark: 0 }) })
    return [{ getFile: async () => file }]
  })
  const target = { write: () => (platform.isSlow ? never() : Promise.resolve()), close: () => done(undefined), abort: async () => undefined }
  vi.stubGlobal('showSaveFilePicker', async () => ({ createWritable: async () => target }))
  return platform
}

/** To be called after each test that pretends. */
export function endPretence(): void {
  vi.unstubAllGlobals()
  for (const name of NAVIGATOR) Reflect.deleteProperty(navigator, name)
}

function notificationOf(platform: PretendPlatform, never: () => Promise<never>): unknown {
  return class extends EventTarget {
    static get permission(): string {
      return platform.isSlow ? 'default' : 'granted'
    }

    static requestPermission = never

    constructor() {
      super()
      platform.effects++
    }

    close = (): void => undefined
  }
}

/** A device that says nothing but line feeds. */
function createPort(platform: PretendPlatform, never: () => Promise<never>): object {
  const pull = async (controller: ReadableStreamDefaultController): Promise<void> => (platform.isSlow ? never() : controller.enqueue(Uint8Array.of(10)))
  return Object.assign(new EventTarget(), {
    readable: new ReadableStream({ pull }, { highWaterMark: 0 }),
    writable: new WritableStream(),
    getInfo: () => ({ usbVendorId: 1 }),
    open: async () => void platform.effects++,
    setSignals: async () => undefined,
    getSignals: async () => ({}),
    close: async () => undefined,
  })
}
