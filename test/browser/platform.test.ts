/**
 * The browser's own powers in a real box. Nobody clicks in these pages, so what is tried is what the real platform answers then: codes that tell
 * a guest what is missing. What happens after a click is tried in test/unit/capability.
 */
import { expect, test } from 'vitest'
import { codeOf, openBox, pkg } from './box-harness.ts'

const CODE = `
  const told = (run) => run().then(() => 'done', (error) => error.code ?? String(error))
  export const read = () => told(() => glovebox.clipboard.readText())
  export const write = () => told(() => glovebox.clipboard.writeText('x'))
  export const show = (message) => told(() => glovebox.notifications.show(message))
`
const PERMISSIONS = ['clipboard:read', 'clipboard:write', 'notification:show'].map((name) => ({ name, scope: {}, reason: 'to test' }))

test('reads and writes no clipboard while the user does nothing', async () => {
  const extension = await (await openBox()).install(pkg(CODE, { permissions: PERMISSIONS }))
  const expected = navigator.clipboard === undefined ? 'not-supported' : 'gesture-required'

  expect(navigator.userActivation.isActive).toBe(false)
  expect([await extension.call('read'), await extension.call('write')]).toEqual([expected, expected])
})

test('says why a notification is not shown, or shows it', async () => {
  const extension = await (await openBox()).install(pkg(CODE, { permissions: PERMISSIONS }))
  const states: Readonly<Record<string, string>> = { denied: 'browser-refused', default: 'gesture-required', granted: 'done' }
  const expected = typeof Notification === 'undefined' ? 'not-supported' : states[Notification.permission]

  expect(await extension.call('show', [{ title: 'Rain' }])).toBe(expected)
  expect(await extension.call('show', [{ title: '' }])).toBe('invalid-argument')
})

test('is refused without a grant', async () => {
  const extension = await (await openBox()).install(pkg(CODE))

  for (const name of ['read', 'write']) expect(await extension.call(name)).toBe('permission-denied')
  expect(await extension.call('show', [{ title: 'Rain' }])).toBe('permission-denied')
  expect(await codeOf(extension.call('nothing'))).toBe('export-missing')
})

const FILES = `
  const told = (run) => run().then(() => 'done', (error) => error.code ?? String(error))
  export const pick = (options) => told(() => glovebox.files.pick(options))
  export const save = (name, data) => told(() => glovebox.files.save(name, data))
  let pulled = 0
  export const saveStream = () => told(() => glovebox.files.save('a', new ReadableStream({ pull: (controller) => {
    pulled++
    controller.enqueue(new Uint8Array(65536))
  } })))
  export const pulls = () => pulled
`

test('opens no dialog for files while the user does nothing, and sends nothing to one that never opened', async () => {
  const permissions = ['file:read', 'file:write'].map((name) => ({ name, scope: { picked: true }, reason: 'to test' }))
  const extension = await (await openBox()).install(pkg(FILES, { permissions }))

  expect(await extension.call('pick', [{ accept: ['.csv'], multiple: true }])).toBe('gesture-required')
  expect(await extension.call('pick', [{ accept: ['*'] }])).toBe('invalid-argument')
  expect(await extension.call('save', ['a.txt', 'text'])).toBe('gesture-required')
  expect(await extension.call('saveStream')).toBe('gesture-required')
  expect(await extension.call('pulls')).toBeLessThan(10)
})

test('a grant of directories is none of files that the user picks', async () => {
  const permissions = [{ name: 'file:read', scope: { directories: ['/data'] }, reason: 'to test' }]
  const extension = await (await openBox()).install(pkg(FILES, { permissions }))

  expect(await extension.call('pick')).toBe('permission-denied')
})

test('opens no chooser of devices while the user does nothing', async () => {
  const code = `export const open = (options) => glovebox.serial.open(options).then(() => 'done', (error) => error.code ?? String(error))`
  const permissions = [{ name: 'serial:open', scope: { filters: [{ vendorId: 1 }] }, reason: 'to test' }]
  const extension = await (await openBox()).install(pkg(code, { permissions }))

  expect(await extension.call('open', [{ baudRate: 9600 }])).toBe('serial' in navigator ? 'gesture-required' : 'not-supported')
  expect(await extension.call('open', [{ baudRate: 9600, filters: [{ vendorId: 2 }] }])).toBe('permission-denied')
  expect(await extension.call('open', [{}])).toBe('invalid-argument')
})
