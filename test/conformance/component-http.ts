/** wasi:http of a real component: requests of the app's that it answers, and its own, through the broker to a real server. */
import type { Extension } from 'glovebox'
import { describe, expect, inject, test } from 'vitest'
import { failure } from '../browser/box-harness.ts'
import { installComponent } from '../browser/component-harness.ts'
import { hits, LOOK_ALIKES, REDIRECTS, SMUGGLED_HEADERS } from './hostile-requests.ts'

const { origin, otherOrigin } = inject('server')
const BASE = 'https://extension.test'

async function open(manifest: Record<string, unknown> = {}): Promise<Extension> {
  const http = (name: string): unknown => ({ name, scope: { origins: [origin] }, reason: 'to test' })
  return installComponent('server/server', { permissions: [http('http:read'), http('http:write')], ...manifest })
}

export function describeHttp(): void {
  describe('a component that answers requests', () => {
    test('is given the request', async () => {
      const response = await (await open()).fetch(`${BASE}/hello?a=b`)

      expect([response.status, await response.text()]).toEqual([200, 'GET extension.test a=b'])
    })

    test('reads a body while it writes one', async () => {
      const response = await (await open()).fetch(`${BASE}/echo`, { method: 'POST', body: 'ab'.repeat(500_000) })

      expect(await response.text()).toBe('AB'.repeat(500_000))
    })

    test('sends a body that is larger than any window', async () => {
      const response = await (await open()).fetch(`${BASE}/large?2000000`)

      expect((await response.text()).length).toBe(2_000_000)
    })

    test('may answer without a body', async () => {
      const response = await (await open()).fetch(`${BASE}/empty`)

      expect([response.status, response.body]).toEqual([204, null])
    })

    test('sees headers, and sets those that are its own', async () => {
      const response = await (await open()).fetch(`${BASE}/headers`, { headers: { 'X-Id': 'seven' } })

      expect(response.headers.get('x-made-by')).toBe('the component')
      expect(await response.text()).toBe('x-id: seven\nHeaderError::Forbidden HeaderError::InvalidSyntax HeaderError::InvalidSyntax HeaderError::Immutable')
    })

    test.each([
      ['/fail', { code: 'thrown', guestCode: 'internal-error', payload: { tag: 'internal-error', val: 'on purpose' } }],
      ['/silent', { code: 'thrown' }],
      ['/crash', { code: 'crashed' }],
    ])('that does not, at %s, is told', async (path, expected) => {
      expect(await failure((await open()).fetch(BASE + path))).toMatchObject(expected)
    })

    test('that dies in the body fails the body, and answers again', async () => {
      const extension = await open()

      // A worker that blocks tells of a response when it has it all: there it is the request that fails.
      await expect(extension.fetch(`${BASE}/half`).then((response) => response.text())).rejects.toThrow()

      expect(await (await extension.fetch(`${BASE}/hello?x`)).text()).toMatch(/x$/)
    })

    test('waits for time', async () => {
      const response = await (await open()).fetch(`${BASE}/sleep?50`)

      expect(Number(await response.text())).toBeGreaterThanOrEqual(49)
    })

    test('has fresh memory for each request where it wants that', async () => {
      const extension = await open({ lifetime: 'call' })

      expect(await (await extension.fetch(`${BASE}/hello`)).text()).toMatch(/^GET/)
      expect(await (await extension.fetch(`${BASE}/hello`)).text()).toMatch(/^GET/)
    })
  })

  describe('a component that asks a server', () => {
    test('gets its answer', async () => {
      const response = await (await open()).fetch(`${BASE}/proxy?${origin}/echo`)

      expect(response.status).toBe(200)
      expect(await response.text()).toContain('GET')
    })

    test('sends a body', async () => {
      const response = await (await open()).fetch(`${BASE}/proxy?${origin}/echo`, { method: 'POST', body: 'x'.repeat(300_000) })

      expect(await response.text()).toContain('x'.repeat(1000))
    })

    test.each([
      ['another origin', () => `${otherOrigin}/echo`, 'denied'],
      ['no URL', () => 'nowhere', 'invalid uri'],
      ['a server that is not there', () => `${origin.replace(/:\d+$/, ':9')}/`, 'denied'],
    ])('is told what is wrong with %s', async (_name, url, text) => {
      const response = await (await open()).fetch(`${BASE}/proxy?${url()}`)

      expect([response.status, await response.text()]).toEqual([502, text])
    })
  })

  test('a component speaks to nobody else than its grant says, and as nobody else', async () => {
    await fetch(`${origin}/reset`, { method: 'POST' })
    const extension = await open()
    const statuses: Record<string, number> = {}
    for (const [name, target] of LOOK_ALIKES) statuses[name] = (await extension.fetch(`${BASE}/proxy?${target}/echo`)).status
    for (const url of REDIRECTS) statuses[url] = (await extension.fetch(`${BASE}/proxy?${url}`)).status
    expect(statuses).toEqual(Object.fromEntries(Object.keys(statuses).map((name) => [name, 502])))
    expect(await hits('/echo')).toEqual([])

    for (const name of SMUGGLED_HEADERS) await extension.fetch(`${BASE}/proxy?${origin}/echo`, { headers: { [`x-send-${name}`]: 'smuggled' } })
    expect((await extension.fetch(`${BASE}/proxy?${origin}/echo`, { headers: { 'x-send-x-request-id': 'its own' } })).status).toBe(200)
    const sent = JSON.stringify(await hits('/echo'))
    expect([sent.includes('smuggled'), sent.includes('its own')]).toEqual([false, true])
  })

  describe('a call that the app aborts', () => {
    test('ends in the component, which goes on with the next', async () => {
      const extension = await open()
      await expect(extension.fetch(`${BASE}/proxy?${origin}/drip`, { signal: AbortSignal.timeout(300) }).then((response) => response.text())).rejects.toThrow()

      expect(await (await extension.fetch(`${BASE}/hello?x`)).text()).toMatch(/x$/)
    })

    test('ends a sleep, and with it the instance', async () => {
      const extension = await open()
      await expect(extension.fetch(`${BASE}/sleep?60000`, { signal: AbortSignal.timeout(300) })).rejects.toThrow()

      expect(await (await extension.fetch(`${BASE}/hello?x`)).text()).toMatch(/x$/)
    })
  })
}
