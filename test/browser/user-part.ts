/**
 * The user's part, which no driver plays in every engine: a gesture, choices in the browser's dialogs, a clipboard, a device. All of it is gone
 * after the test. Chromium's own dialogs and clipboard are in test/e2e/platform.test.ts.
 */
import type { Extension } from 'glovebox'
import { afterEach, vi } from 'vitest'

const lent = new Set<string>()

afterEach(() => {
  for (const name of lent) Reflect.deleteProperty(navigator, name)
  lent.clear()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

/** In place of an object of `navigator`'s. */
export function lend(name: string, value: unknown): void {
  Object.defineProperty(navigator, name, { configurable: true, value })
  lent.add(name)
}

/** What the engine says of the user, as this page sees it. */
export function pretendActive(isActive: boolean): void {
  lend('userActivation', { isActive, hasBeenActive: isActive })
}

const realNow = performance.now.bind(performance)
const clock = { passedMs: 0 }

/** In no time. */
export function pass(ms: number): void {
  clock.passedMs += ms
  vi.spyOn(performance, 'now').mockImplementation(() => realNow() + clock.passedMs)
}

/** One more gesture, which a box knows by the one before having ended. It looks when it is called. Not the second half of a double click. */
export async function pretendGesture(extension: Extension): Promise<void> {
  pretendActive(false)
  pass(500)
  await extension.call('nothing').catch(() => undefined)
  pretendActive(true)
}

export function lendClipboard(): { text: string; refuses: boolean } {
  const state = { text: '', refuses: false }
  const use = async <T>(work: () => T): Promise<T> => {
    if (state.refuses) throw new DOMException('no', 'NotAllowedError')
    return work()
  }
  lend('clipboard', { readText: () => use(() => state.text), writeText: (text: string) => use(() => void (state.text = text)) })
  return state
}

export interface ShownNotification { readonly title: string; readonly body: string; readonly tag: string; isClosed: boolean }

export function lendNotifications(permission: NotificationPermission = 'granted'): readonly ShownNotification[] {
  const shown: ShownNotification[] = []
  vi.stubGlobal('Notification', class extends EventTarget {
    static readonly permission = permission
    readonly #shown: ShownNotification
    constructor(title: string, { body, tag }: { readonly body: string; readonly tag: string }) {
      super()
      this.#shown = { title, body, tag, isClosed: false }
      shown.push(this.#shown)
    }
    close(): void {
      this.#shown.isClosed = true
    }
  })
  return shown
}

/** As in engines without File System Access, also where there is one: its dialogs no page can answer. */
export function withoutFileSystemAccess(): void {
  for (const name of ['showOpenFilePicker', 'showSaveFilePicker']) vi.stubGlobal(name, undefined)
}

/** Chooses these in the next inputs; without a screen the engine's dialog would be cancelled at once. Gives the inputs. */
export function chooseFiles(...files: readonly File[]): HTMLInputElement[] {
  const inputs: HTMLInputElement[] = []
  vi.spyOn(HTMLInputElement.prototype, 'showPicker').mockImplementation(function choose(this: HTMLInputElement) {
    inputs.push(this)
    const given = new DataTransfer()
    for (const file of files) given.items.add(file)
    this.files = given.files
    this.dispatchEvent(new Event(files.length > 0 ? 'change' : 'cancel'))
  })
  return inputs
}

export interface Download { readonly name: string; readonly blob: Blob }

/** Downloads that the page begins from here on; none reaches the disk. */
export function catchDownloads(): readonly Download[] {
  const blobs = new Map<string, Blob>()
  const create = URL.createObjectURL.bind(URL)
  vi.spyOn(URL, 'createObjectURL').mockImplementation((source) => {
    const url = create(source)
    if (source instanceof Blob) blobs.set(url, source)
    return url
  })
  const downloads: Download[] = []
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function click(this: HTMLAnchorElement) {
    const blob = blobs.get(this.href)
    if (blob !== undefined) downloads.push({ name: this.download, blob })
  })
  return downloads
}

/** Answers what it is sent in capitals. */
export class FakePort extends EventTarget {
  readonly told: unknown[] = []
  #answer: ReadableStreamDefaultController<Uint8Array> | undefined
  readonly readable = new ReadableStream<Uint8Array>({ start: (controller) => void (this.#answer = controller) })
  readonly writable = new WritableStream<Uint8Array>({ write: (bytes) => this.say(new TextDecoder().decode(bytes).toUpperCase()) })

  getInfo = (): object => ({ usbVendorId: 1, usbProductId: 2 })
  getSignals = async (): Promise<object> => ({ clearToSend: true })
  setSignals = async (signals: object): Promise<void> => void this.told.push(signals)
  open = async (options: object): Promise<void> => void this.told.push(options)
  close = async (): Promise<void> => void this.told.push('closed')

  say(text: string): void {
    this.#answer?.enqueue(new TextEncoder().encode(text))
  }
}

/** The user chooses these, one after the other; gives what the page asked the browser to show. */
export function lendSerial(...ports: readonly FakePort[]): readonly unknown[] {
  const left = [...ports]
  const asked: unknown[] = []
  lend('serial', { requestPort: async (options: unknown) => {
    asked.push(options)
    const port = left.shift()
    if (port === undefined) throw new DOMException('nothing chosen', 'NotFoundError')
    return port
  } })
  return asked
}
