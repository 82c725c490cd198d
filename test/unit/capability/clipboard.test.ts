import { expect, test } from 'vitest'
import { createClipboardCapability, type ClipboardOptions } from '../../../src/capability/clipboard.ts'
import type { Permission } from '../../../src/manifest/permission.ts'
import { call, codeOf, FakeCaller, gesturesOf } from './harness.ts'

const BOTH: readonly Permission[] = [{ name: 'clipboard:read', scope: {}, reason: '' }, { name: 'clipboard:write', scope: {}, reason: '' }]

function setup(options: Partial<ClipboardOptions> = {}, permissions = BOTH) {
  const board = { text: 'secret', isActive: true }
  const clipboard = {
    readText: async () => board.text,
    writeText: async (text: string) => void (board.text = text),
  }
  const capability = createClipboardCapability({ clipboard, gestures: gesturesOf(() => board.isActive), ...options })
  const caller = new FakeCaller(permissions)
  return { board, caller, use: (method: string, ...args: unknown[]) => call(capability, caller, `clipboard.${method}`, ...args) }
}

test('reads and writes text', async () => {
  const { board, use } = setup()

  expect(await use('readText')).toBe('secret')
  await use('writeText', 'other')
  expect(board.text).toBe('other')
})

test('needs the grant of what it does', async () => {
  const { board, use } = setup({}, BOTH.slice(0, 1))

  expect(await codeOf(use('writeText', 'x'))).toBe('permission-denied')
  expect(board.text).toBe('secret')
})

test('is neither read nor written while the user does nothing, whatever the browser would allow', async () => {
  const { board, use } = setup()
  board.isActive = false

  expect([await codeOf(use('readText')), await codeOf(use('writeText', 'x'))]).toEqual(['gesture-required', 'gesture-required'])
  expect(board.text).toBe('secret')
})

test.each([
  ['NotAllowedError', 'browser-refused'], ['SecurityError', 'browser-refused'], ['NotFoundError', 'cancelled'], ['DataError', 'browser-refused'],
])('turns %s of the browser into %s, without its text', async (name, code) => {
  const fail = () => Promise.reject(new DOMException('private words', name))
  const { use } = setup({ clipboard: { readText: fail, writeText: fail } })
  const error = await use('readText').catch((reason: Error) => reason)

  expect(error).toMatchObject({ code })
  expect(String(error)).not.toContain('private')
})

test('says so where there is no clipboard, or only half of one', async () => {
  expect(await codeOf(setup({ clipboard: undefined }).use('readText'))).toBe('not-supported')
  expect(await codeOf(setup({ clipboard: { writeText: async () => undefined } }).use('readText'))).toBe('not-supported')
})

test('keeps back what is too large for one message, both ways', async () => {
  const { board, use } = setup()
  board.text = 'x'.repeat(128 * 1024 + 1)

  expect(await codeOf(use('readText'))).toBe('message-too-large')
  expect(await codeOf(use('writeText', board.text))).toBe('invalid-argument')
  expect(await codeOf(use('writeText', { toString: () => 'x' }))).toBe('invalid-argument')
})

test('gives nothing that the browser answers after a revocation, nor waits for it', async () => {
  const { caller, use } = setup({ clipboard: { readText: () => new Promise(() => undefined) } })
  const code = codeOf(use('readText'))
  await Promise.resolve().then(() => undefined)
  caller.revoke()

  expect(await code).toBe('permission-revoked')
})
