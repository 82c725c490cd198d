/** What a guest says of itself (log lines, errors, file names) reaches apps that send it elsewhere: a secret that it uses is in none of it. */
import type { Extension, Glovebox, GuestError } from 'glovebox'
import { beforeEach, expect, inject, test } from 'vitest'
import { failure, limitsOf, logsOf, openBox, pkg } from './box-harness.ts'

const { origin } = inject('server')
const SECRET = 'pl4nted-s3cret-0123'

const CODE = `
  const S = '${SECRET}'
  const fail = (fields = {}) => { throw Object.assign(new Error('failed with ' + S), fields) }
  export const keep = () => glovebox.vault.set('mine', S)
  export const send = async () => (await fetch('${origin}/echo', { headers: { 'X-Glovebox-Secret': 'mine' } })).status
  export const message = () => fail()
  export const encoded = () => { throw new Error(btoa(S)) }
  export const name = () => fail({ name: S })
  export const code = () => fail({ code: S })
  export const stack = () => { const error = new Error('x'); error.stack = S + '\\n at ' + S; throw error }
  export const text = () => { throw S }
  export const key = () => ({ [S]: () => {} })
  export const lines = () => { console.log(S); console.error(new Error(S)) }
  const bodies = {
    '/body': { pull: (controller) => controller.error(new Error(S)) },
    '/late': { start: (controller) => controller.enqueue(new Uint8Array(1)), pull: () => Promise.reject(new Error(S)) },
  }
  export default { fetch(request) {
    const body = bodies[new URL(request.url).pathname]
    return body === undefined ? fail() : new Response(new ReadableStream(body))
  } }
`
const permissions = [
  { name: 'http:read', scope: { origins: [origin] }, reason: 'to test' },
  ...['vault:read', 'vault:write', 'vault:use'].map((name) => ({ name, scope: { secrets: ['mine'] }, reason: 'to test' })),
]

let box: Glovebox
let extension: Extension

beforeEach(async () => {
  box = await openBox({ store: 'indexeddb' })
  extension = await box.install(pkg(CODE, { permissions }))
  await extension.call('keep')
  await box.vault.bind(extension, 'mine', { origin, path: '/echo', methods: ['GET'], header: 'authorization', form: 'Bearer {}' })
  expect(await extension.call('send')).toBe(200)
})

function wordsOf(error: Error): string {
  const { guestName, guestStack, guestCode, details } = error as GuestError
  return JSON.stringify([error.name, error.message, error.stack, guestName, guestStack, guestCode, details, String(error.cause)])
}

test.each(['message', 'encoded', 'name', 'code', 'stack', 'text', 'key'])('an error with it as %s', async (name) => {
  const error = await failure(extension.call(name))

  expect(wordsOf(error)).not.toContain(SECRET)
  expect(wordsOf(error)).not.toContain(btoa(SECRET).slice(0, 16))
  expect(wordsOf(error), 'it has been there').toContain('****')
})

test.each(['/', '/body', '/late'])('a response that fails with it: %s', async (path) => {
  const error = await failure(extension.fetch(`https://guest.invalid${path}`).then((response) => response.text()))

  expect(wordsOf(error)).not.toContain(SECRET)
})

test('lines of the log, and where they come from', async () => {
  const lines = logsOf(extension)

  await extension.call('lines')

  expect(lines.length).toBeGreaterThan(1)
  expect(JSON.stringify(lines)).not.toContain(SECRET)
})

test('limits, and all of the audit log', async () => {
  const limits = limitsOf(box)
  await failure(extension.call(SECRET))
  await failure(extension.call('message'))

  expect(JSON.stringify(limits)).not.toContain(SECRET)
  expect(await new Response(box.audit.export()).text()).not.toContain(SECRET)
})
