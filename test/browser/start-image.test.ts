/** A further start of an extension begins where its main module ended, when that depends on the package alone. */
import { expect, test } from 'vitest'
import { run } from './box-harness.ts'

/** Long enough to be worth an image. */
const BUSY = 'const squares = []; for (let i = 0; i < 1000; i++) squares.push(i * i); let sum = 0; for (let i = 0; i < 2e6; i++) sum += i % 7;'

test.each(['session', 'call'])('the second start of a %s extension does not run the main module again', async (lifetime) => {
  const extension = await run(`${BUSY} let count = 0; export const square = (n) => squares[n] + ++count`, { lifetime })
  expect(await extension.call('square', [10])).toBe(101)
  const first = await extension.inspect()
  await extension.stop()

  expect(await extension.call('square', [999])).toBe(999 ** 2 + 1)
  const second = await extension.inspect()
  expect([first, second].map(({ instances }) => instances[0]?.startedFrom)).toEqual(['module', 'image'])
})

test('a main module that asked the host for something runs again', async () => {
  const code = `${BUSY} const id = crypto.randomUUID(); export const read = () => id`
  const extension = await run(code)
  const first = await extension.call('read')
  await extension.stop()

  expect(await extension.call('read')).not.toBe(first)
  expect((await extension.inspect()).instances[0]?.startedFrom).toBe('module')
})

test('errors and source positions are those of the package after a start from an image', async () => {
  const extension = await run(`${BUSY}\nexport const fail = () => {\n  throw new Error('mine')\n}`)
  await extension.start()
  await extension.stop()

  await expect(extension.call('fail')).rejects.toMatchObject({ code: 'thrown', guestStack: expect.stringContaining('main.js:3') })
})

test('what a call extension began without waiting for it is there in every call', async () => {
  const extension = await run(`const digest = crypto.subtle.digest('SHA-256', new Uint8Array(3)).then((bytes) => bytes.byteLength)
    const stored = glovebox.storage.get('nothing').then(() => 'answered')
    const never = new Promise(() => {})
    export const read = async () => [await digest, await stored, never instanceof Promise]`, {
    lifetime: 'call', permissions: [{ name: 'storage:read', scope: { prefixes: [''] }, reason: '' }],
  })

  expect(await extension.call('read')).toEqual([32, 'answered', true])
  expect(await extension.call('read')).toEqual([32, 'answered', true])
})
