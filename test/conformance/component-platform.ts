/** The browser's own powers from a component: what it is told while nobody clicks, and after a real click what it reads, saves and talks to. */
import type { Extension } from 'glovebox'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { installComponent } from '../browser/component-harness.ts'
import { cannotClick, clicked } from '../browser/click.ts'

const REASON = { reason: 'to test' }
const ALL: readonly unknown[] = [
  ...['clipboard:read', 'clipboard:write', 'notification:show'].map((name) => ({ name, ...REASON })),
  ...['file:read', 'file:write'].map((name) => ({ name, scope: { picked: true }, ...REASON })),
  { name: 'serial:open', scope: { filters: [{ vendorId: 1 }] }, ...REASON },
]

async function openComponent(permissions: readonly unknown[] = ALL): Promise<Extension> {
  return installComponent('platform/platform', { permissions })
}

/** The case of Rust's enum, or the value. */
async function told(answer: Promise<unknown>): Promise<unknown> {
  return answer.then((value) => value ?? 'done', (error: { readonly payload?: unknown }) => error.payload ?? String(error))
}

/** Answers a line in capitals, and then is unplugged. */
class FakePort extends EventTarget {
  readonly told: unknown[] = []
  #answer: ReadableStreamDefaultController<Uint8Array> | undefined
  readonly readable = new ReadableStream<Uint8Array>({ start: (controller) => void (this.#answer = controller) })
  readonly writable = new WritableStream<Uint8Array>({
    write: (bytes) => this.#answer?.enqueue(new TextEncoder().encode(new TextDecoder().decode(bytes).toUpperCase())),
  })

  getInfo = (): object => ({ usbVendorId: 1, usbProductId: 2 })
  getSignals = async (): Promise<object> => ({ clearToSend: true })
  setSignals = async (signals: object): Promise<void> => void this.told.push(signals)
  open = async (options: object): Promise<void> => void this.told.push(options)
  close = async (): Promise<void> => void this.told.push('closed')
}

export function describePlatform(): void {
  /** The dialogs of File System Access no page can answer: as in engines without it. */
  beforeEach(() => {
    for (const name of ['showOpenFilePicker', 'showSaveFilePicker']) vi.stubGlobal(name, undefined)
  })
  afterEach(() => {
    vi.unstubAllGlobals()
    vi.restoreAllMocks()
    Reflect.deleteProperty(navigator, 'serial')
  })

  describe('a component', () => {
    test('is told, as an error that it can handle, that nobody clicks', async () => {
      const component = await openComponent()
      const notification: Readonly<Record<string, unknown>> = { denied: 'BrowserRefused', default: 'GestureRequired', granted: undefined }
      const expected = (has: boolean): string => `ErrorCode::${has ? 'GestureRequired' : 'NotSupported'}`

      expect(await told(component.call('readClipboard'))).toBe(expected(navigator.clipboard !== undefined))
      expect(await told(component.call('writeClipboard', ['x']))).toBe(expected(navigator.clipboard !== undefined))
      expect(await told(component.call('pick', [['.txt'], true]))).toBe(expected(true))
      expect(await told(component.call('save', ['a', new Uint8Array(70_000)]))).toBe(expected(true))
      expect(await told(component.call('listen', [1]))).toBe(expected('serial' in navigator))
      const shown = typeof Notification === 'undefined' ? 'NotSupported' : notification[Notification.permission]
      expect(await told(component.call('show', ['Rain']))).toBe(shown === undefined ? 'done' : `ErrorCode::${String(shown)}`)
    })

    test('is told what it must not ask for, or asks wrongly', async () => {
      const [component, without] = [await openComponent(), await openComponent([])]

      expect(await told(component.call('pick', [['*'], true]))).toBe('ErrorCode::InvalidArgument')
      expect(await told(component.call('ask', [1, 0, '']))).toBe('ErrorCode::InvalidArgument')
      expect(await told(component.call('listen', [2]))).toBe('ErrorCode::PermissionDenied')
      for (const [name, args] of [['readClipboard', []], ['pick', [[], false]], ['save', ['a', new Uint8Array(1)]], ['listen', [1]]] as const) {
        expect(await told(without.call(name, args)), name).toBe('ErrorCode::PermissionDenied')
      }
    })

    test.skipIf(cannotClick)('reads all files that the user picks', async () => {
      const component = await openComponent()
      // Without a screen the dialog is cancelled at once: here is the user's part.
      vi.spyOn(HTMLInputElement.prototype, 'showPicker').mockImplementation(function choose(this: HTMLInputElement) {
        const picked = new DataTransfer()
        picked.items.add(new File(['x'.repeat(300_000)], 'a.txt', { type: 'text/plain' }))
        picked.items.add(new File([], 'b'))
        this.files = picked.files
        this.dispatchEvent(new Event('change'))
      })

      expect(await clicked(() => told(component.call('pick', [['.txt'], true])))).toEqual(['a.txt 300000 text/plain 300000', 'b 0  0'])
    })

    test.skipIf(cannotClick)('saves what is larger than a stream may hold at once', async () => {
      const component = await openComponent()
      const saved: Blob[] = []
      const create = URL.createObjectURL.bind(URL)
      vi.spyOn(URL, 'createObjectURL').mockImplementation((blob) => {
        if (blob instanceof Blob) saved.push(blob)
        return create(blob)
      })

      expect(await clicked(() => told(component.call('save', ['../a.bin', new Uint8Array(400_000)])))).toBe('done')
      expect(saved.map(({ size }) => size)).toContain(400_000)
    })

    test.skipIf(cannotClick)('talks to a device, and hears that it is unplugged', async () => {
      const component = await openComponent()
      const [port, other] = [new FakePort(), new FakePort()]
      const ports = [port, other]
      Object.defineProperty(navigator, 'serial', { configurable: true, value: { requestPort: async () => ports.shift() } })

      expect(await clicked(() => told(component.call('ask', [1, 9600, 'hello\n'])))).toBe('Some(1) true HELLO')
      await vi.waitFor(() => expect(port.told).toEqual([
        { baudRate: 9600, dataBits: 8, parity: 'even' }, { dataTerminalReady: true }, 'closed',
      ]))

      const lost = clicked(() => told(component.call('listen', [1])))
      await vi.waitFor(() => expect(other.told).toHaveLength(1))
      other.dispatchEvent(new Event('disconnect'))
      expect(await lost).toBe('ErrorCode::DeviceLost')
    })
  })
}
