/** What a script does with the browser's own powers once the user has clicked: the page's part is real, the user's is played (user-part.ts). */
import type { Decision, Extension, PromptRequest } from 'glovebox'
import { userEvent } from 'vitest/browser'
import { describe, expect, test, vi } from 'vitest'
import { codeOf, openBox, pkg, until } from './box-harness.ts'
import { cannotClick, clicked } from './click.ts'
import {
  catchDownloads, chooseFiles, lendClipboard, lendNotifications, pretendActive, pretendGesture, withoutFileSystemAccess,
} from './user-part.ts'

const CODE = `
  const told = (run) => run().then((value) => value ?? 'done', (error) => error.code ?? String(error))
  export const write = (text) => told(() => glovebox.clipboard.writeText(text))
  export const read = () => told(() => glovebox.clipboard.readText())
  export const writeTwice = async (text) => [await write(text), await write(text)]
  export const askLater = async (...names) => {
    const answers = []
    for (const name of names) {
      await new Promise((done) => setTimeout(done, 50))
      answers.push(await told(() => glovebox.permissions.request(name)))
    }
    return answers
  }
  export const askAll = (...names) => glovebox.permissions.request(names)
  const polls = { isOn: false, count: 0 }
  export const poll = (name) => {
    polls.isOn = true
    void (async () => {
      for (; polls.isOn; polls.count++) {
        await new Promise((done) => setTimeout(done, 10))
        await told(() => glovebox.permissions.request(name))
      }
    })()
  }
  export const stop = async () => {
    await new Promise((done) => setTimeout(done, 1_500))
    polls.isOn = false
    return polls.count
  }
  export const show = (message) => told(() => glovebox.notifications.show(message))
  export const pick = (options) => told(async () => {
    const picked = await glovebox.files.pick(options)
    return Promise.all(picked.map(async (file) => [file.name, file.size, file.type, (await new Response(file.read()).text()).slice(-5)]))
  })
  export const save = (name, data) => told(() => glovebox.files.save(name, data))
  export const saveBroken = () => told(() => glovebox.files.save('a', new ReadableStream({
    pull(controller) {
      if (this.count++ > 0) throw new Error('mine')
      controller.enqueue(new Uint8Array(10))
    },
    count: 0,
  })))
`
const permissions = [
  ...['clipboard:read', 'clipboard:write', 'notification:show'].map((name) => ({ name, reason: 'to test' })),
  ...['file:read', 'file:write'].map((name) => ({ name, scope: { picked: true }, reason: 'to test' })),
]

async function install(): Promise<Extension> {
  return (await openBox()).install(pkg(CODE, { permissions }))
}

/** A call that the app makes from a click. */
async function call(extension: Extension, ...args: readonly [name: string, args?: readonly unknown[]]): Promise<unknown> {
  await pretendGesture(extension)
  return extension.call(...args)
}

test('the clipboard is read and written, unless the browser says no', async () => {
  const clipboard = lendClipboard()
  const extension = await install()

  expect([await call(extension, 'write', ['of the guest']), clipboard.text]).toEqual(['done', 'of the guest'])
  clipboard.text = 'of the user'
  expect(await call(extension, 'read')).toBe('of the user')
  clipboard.refuses = true
  expect([await call(extension, 'read'), await call(extension, 'write', ['x'])]).toEqual(['browser-refused', 'browser-refused'])
  pretendActive(false)
  clipboard.refuses = false
  expect([await extension.call('read'), await extension.call('write', ['x'])]).toEqual(['gesture-required', 'gesture-required'])
  expect(clipboard.text).toBe('of the user')
})

test('a notification is shown under the name of its extension, and goes with the permission', async () => {
  const shown = lendNotifications()
  const extension = await install()

  expect(await extension.call('show', [{ title: 'Rain', body: 'Soon.', tag: 'weather' }])).toBe('done')
  expect(shown).toMatchObject([{ title: 'com.example.test: Test', body: 'Rain\nSoon.', isClosed: false }])
  await extension.permissions.revoke('notification:show')
  expect(shown[0]?.isClosed).toBe(true)
})

describe('where there is no File System Access', () => {
  test('the user picks files in an input, which is gone then', async () => {
    withoutFileSystemAccess()
    const inputs = chooseFiles(new File(['x'.repeat(300_000), ' end.'], 'a.txt', { type: 'text/plain' }), new File([], 'b'))
    const extension = await install()

    const picked = await call(extension, 'pick', [{ accept: ['.txt', 'image/*'], multiple: true }])
    expect(picked).toEqual([['a.txt', 300_005, 'text/plain', ' end.'], ['b', 0, '', '']])
    expect(inputs).toMatchObject([{ accept: '.txt,image/*', multiple: true, isConnected: false }])
    chooseFiles()
    expect(await call(extension, 'pick')).toBe('cancelled')
  })

  test('a file that is saved is a download with its name and bytes, once it is whole', async () => {
    withoutFileSystemAccess()
    const downloads = catchDownloads()
    const extension = await install()

    expect(await call(extension, 'save', ['../a\u202e.txt', 'h\u00e9llo'])).toBe(6)
    expect(await call(extension, 'saveBroken')).toMatch(/mine|browser-refused/)
    expect(downloads.map(({ name }) => name)).toEqual([expect.stringMatching(/^[^/\u202e]*a[^/\u202e]*\.txt$/)])
    expect(await downloads[0]?.blob.text()).toBe('h\u00e9llo')
    expect(downloads[0]?.blob.type).toBe('application/octet-stream')
  })
})

/** Handles of the browser's, as https://wicg.github.io/file-system-access/ has them. */
function lendPickers() {
  const state = { opened: [] as unknown[], saved: [] as unknown[], written: '', end: '', failsAt: '', open: async (): Promise<unknown[]> => [] }
  const step = (name: string): void => {
    if (state.failsAt === name) throw new DOMException('disk full', 'QuotaExceededError')
  }
  const writable = {
    write: async (bytes: Uint8Array) => {
      step('write')
      state.written += new TextDecoder().decode(bytes)
    },
    close: async () => {
      step('close')
      state.end += 'closed'
    },
    abort: async () => void (state.end += 'aborted'),
  }
  const save = async (): Promise<unknown> => ({ createWritable: async () => writable })
  vi.stubGlobal('showOpenFilePicker', (options: unknown) => (state.opened.push(options), state.open()))
  vi.stubGlobal('showSaveFilePicker', (options: unknown) => (state.saved.push(options), save()))
  return { state, refuse: (name: string) => vi.stubGlobal('showSaveFilePicker', () => Promise.reject(new DOMException('no', name))), save }
}

describe('with File System Access', () => {
  test('the user picks in its dialog, which shows the types that were asked for', async () => {
    const { state } = lendPickers()
    const extension = await install()
    state.open = async () => ['a.csv', 'b.png'].map((name) => ({ getFile: async () => new File([`in ${name}`], name) }))

    const picked = [['a.csv', 8, '', 'a.csv'], ['b.png', 8, '', 'b.png']]
    expect(await call(extension, 'pick', [{ accept: ['.csv', 'image/*', '.txt', 'text/plain'], multiple: true }])).toEqual(picked)
    expect(await call(extension, 'pick', [{ accept: ['image/png'] }])).toEqual(picked)
    await call(extension, 'pick')
    expect(state.opened).toEqual([
      { multiple: true, types: [{ accept: { 'image/*': [], 'text/plain': [], 'application/octet-stream': ['.csv', '.txt'] } }] },
      { multiple: false, types: [{ accept: { 'image/png': [] } }] },
      { multiple: false },
    ])
    state.open = async () => { throw new DOMException('The user aborted a request.', 'AbortError') }
    expect(await call(extension, 'pick')).toBe('cancelled')
  })

  test('what is saved is written and closed; what fails on the way leaves the file as it was', async () => {
    const { state, refuse } = lendPickers()
    const extension = await install()

    expect(await call(extension, 'save', ['con.txt', 'hello'])).toBe(5)
    expect(state).toMatchObject({ saved: [{ suggestedName: '_con.txt' }], written: 'hello', end: 'closed' })
    for (const failsAt of ['write', 'close']) {
      Object.assign(state, { failsAt, end: '' })
      expect([await call(extension, 'save', ['a', 'x']), state.end], failsAt).toEqual(['browser-refused', 'aborted'])
    }
    Object.assign(state, { failsAt: '', end: '' })
    await call(extension, 'saveBroken')
    expect(state.end).toBe('aborted')
    refuse('AbortError')
    expect(await call(extension, 'save', ['a', 'x'])).toBe('cancelled')
    refuse('SecurityError')
    expect(await call(extension, 'save', ['a', 'x'])).toBe('browser-refused')
  })

  test('a choice that comes after the end of the guest is given up', async () => {
    const { state, save } = lendPickers()
    const extension = await install()
    let choose = (): void => undefined
    vi.stubGlobal('showSaveFilePicker', () => new Promise((resolve) => { choose = () => resolve(save()) }))
    const opened = vi.spyOn(globalThis as unknown as { showSaveFilePicker: () => unknown }, 'showSaveFilePicker')
    const saving = codeOf(call(extension, 'save', ['a', 'x']))
    await until(() => opened.mock.calls.length > 0, 'the dialog')
    await extension.stop()
    choose()

    expect(await saving).toBe('disposed')
    await until(() => state.end !== '', 'the file to be given up')
    expect(state).toMatchObject({ end: 'aborted', written: '' })
  })
})

/** What no pretence shows: that the gesture is the engine's own. */
describe.skipIf(cannotClick)('a real click', () => {
  test('is good for one writing to the clipboard', async () => {
    const extension = await (await openBox()).install(pkg(CODE, { permissions }))
    const [first, second] = (await clicked(() => extension.call('writeTwice', ['from a click']))) as string[]

    expect(navigator.clipboard === undefined ? ['not-supported'] : ['done', 'browser-refused']).toContain(first)
    expect(second).toBe(navigator.clipboard === undefined ? 'not-supported' : 'gesture-required')
  })

  /** Dialogs with one large button, in the page or in a frame. */
  function dialogs(place: 'page' | 'frame'): { readonly prompt: () => Promise<Decision[]>; readonly opened: HTMLElement[] } {
    const opened: HTMLElement[] = []
    const prompt = async (): Promise<Decision[]> => {
      const button = document.createElement('button')
      button.textContent = 'allow'
      const frame = document.createElement('iframe')
      document.body.append(place === 'page' ? button : frame)
      frame.contentDocument?.body.append(button)
      button.style.cssText = 'position: fixed; inset: 0; width: 100%; height: 100%'
      const answer = new Promise<Decision[]>((resolve) => button.addEventListener('click', () => resolve(['session'])))
      opened.push(place === 'page' ? button : frame)
      return answer.finally(() => opened.at(-1)?.remove())
    }
    return { prompt, opened }
  }
  const optionalPermissions = ['storage:read', 'storage:write'].map((name) => ({ name, scope: { prefixes: [''] }, reason: 'to test' }))

  test.each(['page', 'frame'] as const)('that answers a question in a dialog in the %s buys none, however often it is asked for', async (place) => {
    await vi.waitUntil(() => !navigator.userActivation.isActive, { timeout: 10_000 }) // no click of another test's
    const { prompt, opened } = dialogs(place)
    const box = await openBox({ prompt })
    const [extension, thief] = [await box.install(pkg(CODE, { optionalPermissions })), await box.install(pkg(CODE, { id: 'com.example.thief', optionalPermissions }))]
    await extension.start()
    await thief.call('poll', ['storage:write'])
    const answer = clicked(() => extension.call('askLater', ['storage:read']))
    await vi.waitUntil(() => opened.length === 1)
    await userEvent.click(opened[0] as HTMLElement)
    expect(await answer).toEqual(['granted'])
    expect(navigator.userActivation.isActive).toBe(true)

    expect(await thief.call('stop')).toBeGreaterThan(10)
    expect(opened).toHaveLength(1)
  })

  test('gets one question about several permissions, and the next one another', async () => {
    const opened: unknown[] = []
    const prompt = async ({ permissions: asked }: PromptRequest): Promise<Decision[]> => (opened.push(asked.length), asked.map(() => 'once'))
    const extension = await (await openBox({ prompt })).install(pkg(CODE, { optionalPermissions }))
    const ask = (): Promise<unknown> => clicked(() => extension.call('askAll', ['storage:read', 'storage:write']))
    expect(await ask()).toEqual(['prompt', 'prompt'])
    await new Promise((done) => setTimeout(done, 500)) // else it is taken for a double click

    expect([await ask(), opened]).toEqual([['prompt', 'prompt'], [2, 2]])
  })

  test('is good for one question, and the one that answers it for none', async () => {
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
})
