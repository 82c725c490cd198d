import { expect, test } from 'vitest'
import { createNotificationCapability } from '../../../src/capability/notification.ts'
import { call, codeOf, FakeCaller, gesturesOf } from './harness.ts'

function setup({ permission = 'granted', answer = 'granted', isActive = true, name = 'Weather', breaks = false } = {}) {
  const shown: { title: string; body: string; tag: string; isOpen: boolean; fire: (type: string) => void }[] = []
  const clock = { now: 0 }
  class Platform {
    static readonly permission = permission as NotificationPermission
    static readonly requestPermission = async (): Promise<NotificationPermission> => answer as NotificationPermission
    readonly #listeners = new Map<string, () => void>()
    readonly #row
    constructor(title: string, { body, tag }: { body: string; tag: string }) {
      if (breaks) throw new TypeError('Illegal constructor')
      this.#row = { title, body, tag, isOpen: true, fire: (type: string) => this.#listeners.get(type)?.() }
      shown.push(this.#row)
    }
    addEventListener = (type: string, listener: () => void): void => void this.#listeners.set(type, listener)
    close(): void {
      this.#row.isOpen = false
    }
  }
  const capability = createNotificationCapability({
    platform: Platform as unknown as typeof Notification, nameOf: () => name, gestures: gesturesOf(() => isActive), now: () => clock.now,
  })
  const caller = new FakeCaller([{ name: 'notification:show', scope: {}, reason: '' }])
  return { shown, clock, caller, capability, show: (message: unknown, from = caller) => call(capability, from, 'notification.show', message) }
}

test("shows the extension's id and name above its words", async () => {
  const { shown, show } = setup()
  await show({ title: 'Rain', body: 'Soon' })

  expect(shown).toMatchObject([{ title: 'com.acme.test: Weather', body: 'Rain\nSoon' }])
})

test('cleans and cuts what comes from the extension', async () => {
  const { shown, show } = setup({ name: `\u202e${'n'.repeat(200)}` })
  await show({ title: `a\u202eb${'x'.repeat(3000)}`, body: `c\u0000${'y'.repeat(3000)}` })

  const [first] = shown
  expect(first?.title.length).toBeLessThanOrEqual('com.acme.test: '.length + 40)
  expect(first?.title.startsWith('com.acme.test: ')).toBe(true)
  expect(first?.body.length).toBeLessThanOrEqual(601)
  expect(`${first?.title}${first?.body}`).not.toMatch(/[\u202e\u0000]/)
})

test('one with the same tag takes the place of the other; tags of extensions are their own', async () => {
  const { shown, show, capability } = setup()
  const other = new FakeCaller([{ name: 'notification:show', scope: {}, reason: '' }])
  other.identity = { id: 'com.acme.other', origin: 'local' }
  await show({ title: 'one', tag: 't' })
  await call(capability, other, 'notification.show', { title: 'two', tag: 't' })
  await show({ title: 'three', tag: 't' })

  expect(shown.map(({ isOpen }) => isOpen)).toEqual([false, true, true])
  expect(new Set(shown.map(({ tag }) => tag)).size).toBe(2)
})

test('keeps five open, shows ten a minute', async () => {
  const { shown, show, clock } = setup()
  for (let index = 0; index < 10; index++) await show({ title: `${index}` })

  expect(shown.filter(({ isOpen }) => isOpen)).toHaveLength(5)
  expect(await codeOf(show({ title: 'more' }))).toBe('rate-limit')
  clock.now += 6_000
  expect(await codeOf(show({ title: 'later' }))).toBe('resolved')
})

test('closes what is shown when the permission ends, or the user clicks it', async () => {
  const { shown, show, caller } = setup()
  await show({ title: 'one' })
  await show({ title: 'two' })
  shown[0]?.fire('click')
  expect(shown.map(({ isOpen }) => isOpen)).toEqual([false, true])
  caller.revoke()

  expect(shown.map(({ isOpen }) => isOpen)).toEqual([false, false])
})

test.each([
  ['denied by the browser', { permission: 'denied' }, 'browser-refused'],
  ['the user says no to the browser', { permission: 'default', answer: 'denied' }, 'browser-refused'],
  ['the browser would have to ask for nothing', { permission: 'default', isActive: false }, 'gesture-required'],
  ['there are only those of service workers', { breaks: true }, 'not-supported'],
] as const)('%s: a code', async (_, options, code) => {
  expect(await codeOf(setup(options).show({ title: 'x' }))).toBe(code)
})

test('a page without them says so', async () => {
  const capability = createNotificationCapability({ platform: undefined, nameOf: () => '', gestures: gesturesOf(() => true), now: () => 0 })
  const caller = new FakeCaller([{ name: 'notification:show', scope: {}, reason: '' }])

  expect(await codeOf(call(capability, caller, 'notification.show', { title: 'x' }))).toBe('not-supported')
})

test.each([[{}], [{ title: '' }], [{ title: 'x', icon: 'https://evil.example/' }], ['x'], [null], [{ title: 'x', tag: 5 }]])('refuses %o', async (message) => {
  expect(await codeOf(setup().show(message))).toBe('invalid-argument')
})
