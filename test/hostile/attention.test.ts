/** What extensions could do with the user's attention: dialogs of the browser's, notifications, questions. The user's part is played. */
import type { Extension, Glovebox } from 'glovebox'
import { expect, test, vi } from 'vitest'
import { answering, limitsOf, openBox, pkg, until } from '../browser/box-harness.ts'
import { chooseFiles, lendNotifications, pretendGesture, withoutFileSystemAccess } from '../browser/user-part.ts'

const CODE = `
  const told = (run) => run().then((value) => value ?? 'done', (error) => error.code ?? String(error))
  export const pick = () => told(async () => (await glovebox.files.pick()).length)
  export const pickTwice = async () => [await pick(), await pick()]
  export const show = (title, tag) => told(() => glovebox.notifications.show({ title, tag }))
  export const ask = (name) => told(() => glovebox.permissions.request(name))
`
const POWERS = [{ name: 'file:read', scope: { picked: true }, reason: 'to test' }, { name: 'notification:show', reason: 'to test' }]

async function install(box: Glovebox, name = 'one', manifest: Record<string, unknown> = {}): Promise<Extension> {
  return box.install(pkg(CODE, { id: `com.example.${name}`, permissions: POWERS, ...manifest }))
}

async function byClick(extension: Extension, ...args: readonly [name: string, args?: readonly unknown[]]): Promise<unknown> {
  await pretendGesture(extension)
  return extension.call(...args)
}

test('a click opens one dialog of the browser\'s, one is open at a time, and so many a minute', async () => {
  withoutFileSystemAccess()
  const inputs: HTMLInputElement[] = []
  vi.spyOn(HTMLInputElement.prototype, 'showPicker').mockImplementation(function wait(this: HTMLInputElement) { inputs.push(this) })
  const box = await openBox({ limits: { promptsPerMinute: 3 } })
  const told = limitsOf(box)
  const [one, other] = [await install(box), await install(box, 'other')]

  const first = byClick(one, 'pick')
  await until(() => inputs.length === 1, 'the dialog')
  expect(await byClick(other, 'pick')).toBe('queue-full')
  inputs[0]?.dispatchEvent(new Event('cancel'))
  expect(await first).toBe('cancelled')

  vi.restoreAllMocks()
  chooseFiles(new File([], 'a'))
  expect(await byClick(one, 'pickTwice')).toEqual([1, 'gesture-required'])
  expect([await byClick(one, 'pick'), await byClick(one, 'pick')]).toEqual([1, 'rate-limit'])
  expect(told.at(-1)).toMatchObject({ extension: 'com.example.one', code: 'rate-limit', limit: 'promptsPerMinute' })
  expect((await box.audit.query({ kind: 'limit' })).rows[0]).toMatchObject({ extension: 'com.example.one', outcome: 'rate-limit' })
  expect(await byClick(other, 'pick')).toBe(1)
})

test('a notification says first who shows it, replaces none of another extension, and comes ten times a minute', async () => {
  const shown = lendNotifications()
  const box = await openBox()
  const [one, other] = [await install(box, 'one', { name: 'Your bank\u202e' }), await install(box, 'other')]
  for (const extension of [one, other]) expect(await extension.call('show', ['com.example.app: sign in\u202e', 'same'])).toBe('done')

  expect(shown.map(({ title }) => title)).toEqual(['com.example.one: Your bank\\u202e', 'com.example.other: Test'])
  expect(shown[0]?.body).toBe('com.example.app: sign in\\u202e')
  expect(shown.map(({ isClosed }) => isClosed)).toEqual([false, false])
  expect(shown[0]?.tag).not.toBe(shown[1]?.tag)

  const codes: unknown[] = []
  for (let count = 0; count < 10; count++) codes.push(await one.call('show', [`${count}`]))
  expect(codes).toEqual([...Array.from({ length: 9 }, () => 'done'), 'rate-limit'])
  expect(shown.filter(({ title, isClosed }) => title.startsWith('com.example.one') && !isClosed)).toHaveLength(5)
  expect(await other.call('show', ['later'])).toBe('done')
})

test('an extension asks three times a minute of its own accord, whatever for and however often the user clicks', async () => {
  const { prompt, requests } = answering('once')
  const names = ['storage:read', 'storage:write', 'clipboard:read', 'clipboard:write', 'notification:show']
  const optionalPermissions = names.map((name) => ({ name, reason: 'to test', ...(name.startsWith('storage') && { scope: { prefixes: [''] } }) }))
  const extension = await install(await openBox({ prompt }), 'one', { permissions: [], optionalPermissions })
  for (const name of names) await byClick(extension, 'ask', [name])

  expect(requests.flatMap(({ permissions }) => permissions.map(({ name }) => name))).toEqual(names.slice(0, 3))
})
