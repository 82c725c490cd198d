/**
 * What extensions could make of a click that was not meant for them: the one that answers a question, the one that calls another extension, one
 * that was used. The user's part is played; real clicks are in test/browser/gesture.test.ts.
 */
import type { Decision, Extension, Prompt, PromptRequest } from 'glovebox'
import { expect, test } from 'vitest'
import { answering, openBox, pkg, until } from '../browser/box-harness.ts'
import { lendClipboard, pass, pretendActive, pretendGesture } from '../browser/user-part.ts'
import { installAll, linked } from './link-harness.ts'

const CODE = `
  const told = (run) => run().then((value) => value ?? 'done', (error) => error.code ?? String(error))
  const pause = (ms) => new Promise((done) => setTimeout(done, ms))
  export const ask = (name) => told(() => glovebox.permissions.request(name))
  export const askLater = async (name) => { await pause(50); return ask(name) }
  export const write = (text) => told(() => glovebox.clipboard.writeText(text))
  const polls = { isOn: false, gained: 0 }
  export const poll = (name) => {
    polls.isOn = true
    void (async () => {
      for (; polls.isOn; await pause(10)) {
        const answer = await (name === undefined ? write('stolen') : ask(name))
        if (answer === 'done' || answer === 'granted') polls.gained++
      }
    })()
  }
  export const stop = () => { polls.isOn = false; return polls.gained }
  export const later = () => void pause(50).then(() => write('of a timer')).then((answer) => { polls.gained = answer })
`
const CLIPBOARD = { name: 'clipboard:write', reason: 'to test' }
const STORAGE = ['storage:read', 'storage:write'].map((name) => ({ name, scope: { prefixes: [''] }, reason: 'to test' }))

interface Dialog {
  readonly request: PromptRequest
  readonly answer: (decision: Decision) => void
}

function dialogs(): { readonly open: Dialog[]; readonly prompt: Prompt } {
  const open: Dialog[] = []
  const prompt: Prompt = (request) => new Promise((resolve) => {
    open.push({ request, answer: (decision) => resolve(request.permissions.map(() => decision)) })
  })
  return { open, prompt }
}

/** So long, pollers poll, and guests that wait go on. */
async function someTurns(extension: Extension): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await extension.call('nothing').catch(() => undefined)
}

test.each([['another question', 'storage:write'], ['the clipboard', undefined]])('what answers a question does not buy %s', async (_, name) => {
  lendClipboard()
  const { open, prompt } = dialogs()
  const box = await openBox({ prompt, policy: { rules: [{ effect: 'grant', permissions: [{ name: 'clipboard:write', scope: {} }], origins: ['local'] }] } })
  const optionalPermissions = [...STORAGE, CLIPBOARD]
  const [one, thief] = [await box.install(pkg(CODE, { optionalPermissions })), await box.install(pkg(CODE, { optionalPermissions, id: 'com.example.thief' }))]
  pretendActive(false)
  await thief.call('poll', [name])
  const asked = Promise.all([one.permissions.request('storage:read'), until(() => open.length === 1, 'the dialog')])
  await until(() => open.length === 1, 'the dialog')
  for (const isActive of [true, false, true]) {
    pretendActive(isActive) // clicks within it, the last of which answers
    await someTurns(thief)
  }
  open[0]?.answer('session')
  await asked
  await someTurns(thief)
  pass(2_000)
  await someTurns(thief)

  expect([open.length, await thief.call('stop')]).toEqual([1, 0])
})

test('a click that calls one extension opens no dialog of another that waits for clicks', async () => {
  const { prompt, requests } = answering('session')
  const box = await openBox({ prompt })
  const [one, thief] = [await box.install(pkg(CODE, { optionalPermissions: STORAGE })), await box.install(pkg(CODE, { optionalPermissions: STORAGE, id: 'com.example.thief' }))]
  await one.start()
  pretendActive(false)
  await thief.call('poll', ['storage:write'])
  pretendActive(true)
  await new Promise((done) => setTimeout(done, 100)) // between pointerdown and click
  expect(await one.call('askLater', ['storage:read'])).toBe('granted')
  pass(2_000)
  await someTurns(one)

  expect(requests.map(({ extension }) => extension.id)).toEqual(['com.example.test'])
})

test('an extension that asks more often than it may takes no click from others', async () => {
  const { prompt, requests } = answering('once')
  const box = await openBox({ prompt })
  const optionalPermissions = [...STORAGE, CLIPBOARD]
  const [one, thief] = [await box.install(pkg(CODE, { optionalPermissions })), await box.install(pkg(CODE, { optionalPermissions, id: 'com.example.thief' }))]
  for (const { name } of optionalPermissions) {
    await pretendGesture(thief)
    expect(await thief.call('ask', [name])).toBe('prompt')
  }
  await pretendGesture(thief)
  const answers = [await thief.call('ask', ['storage:read']), await one.call('ask', ['storage:read'])]

  expect([answers, requests.length]).toEqual([['prompt', 'prompt'], 4])
})

test.each<Decision>(['once', 'session'])('a use from a timer, allowed %s by a click on its dialog, needs no other click, and the next one does', async (decision) => {
  const clipboard = lendClipboard()
  const { open, prompt } = dialogs()
  const extension = await (await openBox({ prompt })).install(pkg(CODE, { optionalPermissions: [CLIPBOARD] }))
  await extension.start()
  pretendActive(false)
  await extension.call('later')
  await until(() => open.length === 1, 'the dialog')
  pretendActive(true)
  open[0]?.answer(decision)
  await until(async () => (await extension.call('stop')) !== 0, 'the end of the use')
  expect([await extension.call('stop'), clipboard.text]).toEqual(['done', 'of a timer'])
  const next = extension.call('write', ['more'])
  if (decision === 'once') {
    await until(() => open.length === 2, 'the dialog')
    open[1]?.answer('deny')
  }

  expect([await next, clipboard.text]).toEqual([decision === 'once' ? 'permission-denied' : 'gesture-required', 'of a timer'])
})

test('what was allowed is not done when the browser does not count the user as active', async () => {
  const clipboard = lendClipboard()
  const { prompt } = answering('once')
  const extension = await (await openBox({ prompt })).install(pkg(CODE, { optionalPermissions: [CLIPBOARD] }))
  pretendActive(false)

  expect([await extension.call('write', ['x']), clipboard.text]).toEqual(['gesture-required', ''])
})

test('a click goes with the call from extension to extension', async () => {
  const clipboard = lendClipboard()
  const [, a] = await installAll(await openBox(),
    linked('b', 'export const write = (text) => code(glovebox.clipboard.writeText(text))', [], { permissions: [CLIPBOARD], provides: [{ export: 'write', permissions: ['clipboard:write'] }] }),
    linked('a', 'export const run = async () => [await code(glovebox.links.b.write("linked")), await code(glovebox.links.b.write("again"))]', ['b']))
  if (a === undefined) throw new Error('not installed')
  await pretendGesture(a)

  expect([await a.call('run'), clipboard.text]).toEqual([[undefined, 'gesture-required'], 'linked'])
})
