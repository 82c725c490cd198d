/** The browser's own powers from a component: what it is told while nobody clicks, and what it reads, saves and talks to after a gesture. */
import type { Extension } from 'glovebox'
import { describe, expect, test, vi } from 'vitest'
import { installComponent } from '../browser/component-harness.ts'
import {
  catchDownloads, chooseFiles, FakePort, lendClipboard, lendNotifications, lendSerial, pretendActive, pretendGesture, withoutFileSystemAccess,
} from '../browser/user-part.ts'

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

export function describePlatform(): void {
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

    test('reads and writes the clipboard, and shows notifications', async () => {
      const [clipboard, shown] = [lendClipboard(), lendNotifications()]
      pretendActive(true)
      const component = await openComponent()

      expect([await told(component.call('writeClipboard', ['of the guest'])), clipboard.text]).toEqual(['done', 'of the guest'])
      clipboard.text = 'of the user'
      expect(await told(component.call('readClipboard'))).toBe('of the user')
      expect([await told(component.call('show', ['Rain'])), shown]).toMatchObject(['done', [{ title: 'com.example.test: Test', body: 'Rain' }]])
    })

    test('reads all files that the user picks, and saves what is larger than a stream may hold at once', async () => {
      withoutFileSystemAccess()
      chooseFiles(new File(['x'.repeat(300_000)], 'a.txt', { type: 'text/plain' }), new File([], 'b'))
      const downloads = catchDownloads()
      pretendActive(true)
      const component = await openComponent()

      expect(await told(component.call('pick', [['.txt'], true]))).toEqual(['a.txt 300000 text/plain 300000', 'b 0  0'])
      await pretendGesture(component)
      const bytes = Uint8Array.from({ length: 400_000 }, (_, at) => at % 251)
      expect(await told(component.call('save', ['../a.bin', bytes.slice()]))).toBe('done')
      expect(downloads.map(({ name }) => name)).toEqual(['_a.bin'])
      expect(new Uint8Array(await (downloads[0]?.blob ?? new Blob()).arrayBuffer())).toEqual(bytes)
    })

    test('talks to a device, and hears that it is unplugged', async () => {
      const [port, other] = [new FakePort(), new FakePort()]
      lendSerial(port, other)
      pretendActive(true)
      const component = await openComponent()

      expect(await told(component.call('ask', [1, 9600, 'hello\n']))).toBe('Some(1) true HELLO')
      await vi.waitFor(() => expect(port.told).toEqual([
        { baudRate: 9600, dataBits: 8, parity: 'even' }, { dataTerminalReady: true }, 'closed',
      ]))

      await pretendGesture(component)
      const lost = told(component.call('listen', [1]))
      await vi.waitFor(() => expect(other.told).toHaveLength(1))
      other.dispatchEvent(new Event('disconnect'))
      expect(await lost).toBe('ErrorCode::DeviceLost')
    })
  })
}
