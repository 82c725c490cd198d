/** The browser's own powers where Chromium itself answers: its clipboard, its file chooser, its downloads, its notifications, after real clicks. */
import { readFile } from 'node:fs/promises'
import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer, type TestServer } from '../server/server.ts'
import { launchChromium } from './gallery.ts'

const CODE = `
  const told = (run) => run().then((value) => value ?? 'done', (error) => error.code ?? String(error))
  export const write = (text) => told(() => glovebox.clipboard.writeText(text))
  export const read = () => told(() => glovebox.clipboard.readText())
  export const show = (title) => told(() => glovebox.notifications.show({ title }))
  export const pick = () => told(async () => {
    const picked = await glovebox.files.pick({ accept: ['.csv', 'image/*'], multiple: true })
    return Promise.all(picked.map(async (file) => [file.name, file.type, await new Response(file.read()).text()]))
  })
  export const save = () => told(() => glovebox.files.save('table.csv', new Blob(['a;b\\n', '1;2\\n'])))
`
const PERMISSIONS = [
  ...['clipboard:read', 'clipboard:write', 'notification:show'].map((name) => ({ name, reason: 'to test' })),
  ...['file:read', 'file:write'].map((name) => ({ name, scope: { picked: true }, reason: 'to test' })),
]

/** One button a call; what it gave is in the title. Its dialogs are those of a browser without File System Access, unless asked for. */
const PAGE = `<!doctype html><title></title><script type="module">
  if (location.search !== '?access') for (const name of ['showOpenFilePicker', 'showSaveFilePicker']) delete window[name]
  const { createGlovebox } = await import('/dist/index.js')
  const box = await createGlovebox({
    trust: { kind: 'development' }, store: 'memory', console: 'off', prompt: async ({ permissions }) => permissions.map(() => 'session'),
  })
  const extension = await box.install({
    manifest: {
      id: 'com.example.test', name: 'Test', version: '1.0.0', lane: 'script', entry: 'main.js', files: ['main.js'], permissions: ${JSON.stringify(PERMISSIONS)},
    },
    files: { 'main.js': ${JSON.stringify(CODE)} },
  })
  for (const call of ['write', 'read', 'show', 'pick', 'save']) {
    const button = document.body.appendChild(document.createElement('button'))
    button.textContent = call
    button.onclick = async () => {
      document.title = ''
      document.title = JSON.stringify(await extension.call(call, call === 'write' || call === 'show' ? ['of the guest'] : []))
    }
  }
</script>`

let server: TestServer | undefined
let browser: Browser | undefined
let page: Page
let url = ''

beforeAll(async () => {
  server = await startServer()
  browser = await launchChromium()
  const registered = await fetch(`${server.origin}/register/platform`, { method: 'POST', body: JSON.stringify({ files: { 'index.html': PAGE } }) })
  url = `${((await registered.json()) as { readonly url: string }).url}index.html`
  const context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write', 'notifications'] })
  page = await context.newPage()
  await open('')
})
afterAll(async () => {
  await browser?.close()
  await server?.close()
})

async function open(search: string): Promise<void> {
  await page.goto(`${url}${search}`)
  await page.getByRole('button', { name: 'save' }).waitFor()
}

async function answerTo(call: string): Promise<unknown> {
  await page.getByRole('button', { name: call }).click()
  await expect.poll(() => page.title()).not.toBe('')
  return JSON.parse(await page.title())
}

test('what a guest writes is in the clipboard, and what the user copies it reads', async () => {
  expect(await answerTo('write')).toBe('done')
  expect(await page.evaluate('navigator.clipboard.readText()')).toBe('of the guest')
  await page.evaluate('navigator.clipboard.writeText("of the user")')
  expect(await answerTo('read')).toBe('of the user')
})

test('a notification is handed to the browser', async () => {
  expect(await answerTo('show')).toBe('done')
})

test('the browser opens its chooser, and the guest reads the files that come of it', async () => {
  const chooser = page.waitForEvent('filechooser')
  const answer = answerTo('pick')
  const opened = await chooser
  expect(opened.isMultiple()).toBe(true)
  await opened.setFiles([
    { name: 'a.csv', mimeType: 'text/csv', buffer: Buffer.from('1;2') }, { name: 'b.csv', mimeType: 'text/csv', buffer: Buffer.alloc(0) },
  ])

  expect(await answer).toEqual([['a.csv', 'text/csv', '1;2'], ['b.csv', 'text/csv', '']])
})

test('what a guest saves is downloaded, byte for byte', async () => {
  const download = page.waitForEvent('download')
  expect(await answerTo('save')).toBe(8)
  const saved = await download

  expect(saved.suggestedFilename()).toBe('table.csv')
  expect(await readFile(await saved.path(), 'utf8')).toBe('a;b\n1;2\n')
})

/** A driver that intercepts it makes Chromium end the dialog with an AbortError, once it has taken the options: as far as any of them comes. */
test('the dialog of File System Access takes the types that were asked for, and its end without a choice is told', async () => {
  await open('?access')
  page.on('filechooser', () => undefined)

  expect(await answerTo('pick')).toBe('cancelled')
})
