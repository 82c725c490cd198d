/** What comes of the browser's own powers right after a click of the user's, as far as an engine lets a test see it. */
import type { Decision } from 'glovebox'
import { userEvent } from 'vitest/browser'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openBox, pkg } from './box-harness.ts'
import { cannotClick, clicked } from './click.ts'

const CODE = `
  const told = (run) => run().then((value) => value ?? 'done', (error) => error.code ?? String(error))
  export const write = (text) => told(() => glovebox.clipboard.writeText(text))
  export const pick = () => told(async () => {
    const [file] = await glovebox.files.pick({ accept: ['.txt'] })
    let length = 0
    for await (const chunk of file.read().pipeThrough(new TextDecoderStream())) length += chunk.length
    return [file.name, file.size, length]
  })
  export const writeTwice = async (text) => [await write(text), await write(text)]
  const ask = (name) => told(() => glovebox.permissions.request(name))
  export const askLater = async (...names) => {
    const answers = []
    for (const name of names) {
      await new Promise((done) => setTimeout(done, 50))
      answers.push(await ask(name))
    }
    return answers
  }
  export const save = (name, text) => told(() => glovebox.files.save(name, text))
`
const permissions = [
  { name: 'file:read', scope: { picked: true }, reason: 'to test' },
  { name: 'clipboard:write', reason: 'to test' },
  { name: 'file:write', scope: { picked: true }, reason: 'to test' },
]

test.skipIf(cannotClick)('after a click the guest gets as far as the browser, which may want the focus, or a permission of its own', async () => {
  const extension = await (await openBox()).install(pkg(CODE, { permissions }))
  const answer = await clicked(() => extension.call('write', ['from a click']))

  expect(navigator.clipboard === undefined ? ['not-supported'] : ['done', 'browser-refused']).toContain(answer)
})

test.skipIf(cannotClick)('a click is good for one writing to the clipboard', async () => {
  const extension = await (await openBox()).install(pkg(CODE, { permissions }))
  const [first, second] = (await clicked(() => extension.call('writeTwice', ['from a click']))) as string[]

  expect(navigator.clipboard === undefined ? ['not-supported'] : ['done', 'browser-refused']).toContain(first)
  expect(second).toBe(navigator.clipboard === undefined ? 'not-supported' : 'gesture-required')
})

test.skipIf(cannotClick)('a click is good for one question, and the one that answers it for none', async () => {
  const buttons: HTMLButtonElement[] = []
  const prompt = (): Promise<Decision[]> => new Promise((resolve) => {
    const button = document.createElement('button')
    button.textContent = 'allow'
    button.addEventListener('click', () => resolve(['session']))
    document.body.append(button)
    buttons.push(button)
  })
  const optionalPermissions = ['storage:read', 'storage:write'].map((name) => ({ name, scope: { prefixes: [''] }, reason: 'to test' }))
  const extension = await (await openBox({ prompt })).install(pkg(CODE, { optionalPermissions }))
  await extension.start()
  const answers = clicked(() => extension.call('askLater', ['storage:read', 'storage:write']))
  await vi.waitUntil(() => buttons.length === 1)
  await userEvent.click(buttons[0] as HTMLElement)

  expect(await answers).toEqual(['granted', 'permission-denied'])
  expect(await clicked(() => extension.call('askLater', ['storage:read']))).toEqual(['granted'])
  for (const button of buttons) button.remove()
  expect(buttons).toHaveLength(1)
})

/** The dialogs of File System Access no page can answer: as in engines without it. */
beforeEach(() => {
  for (const name of ['showOpenFilePicker', 'showSaveFilePicker']) vi.stubGlobal(name, undefined)
})
afterEach(() => void vi.unstubAllGlobals())

test.skipIf(cannotClick)('after a click the guest reads what the user picks in an input', async () => {
  const extension = await (await openBox()).install(pkg(CODE, { permissions }))
  // Without a screen the dialog is cancelled at once: here is the user's part.
  vi.spyOn(HTMLInputElement.prototype, 'showPicker').mockImplementation(function choose(this: HTMLInputElement) {
    const given = new DataTransfer()
    given.items.add(new File(['x'.repeat(300_000)], 'a.txt'))
    this.files = given.files
    this.dispatchEvent(new Event('change'))
  })
  const answer = await clicked(() => extension.call('pick'))
  vi.restoreAllMocks()

  expect(answer).toEqual(['a.txt', 300_000, 300_000])
  expect(document.querySelector('input[type=file]')).toBeNull()
})

test.skipIf(cannotClick)('after a click the guest saves a file as a download', async () => {
  const extension = await (await openBox()).install(pkg(CODE, { permissions }))

  expect(await clicked(() => extension.call('save', ['../a.txt', 'hello']))).toBe(5)
})
