/** fetch of a real guest through the broker to a real server, whose hit log says what was reached. */
import type { Decision, Extension, Glovebox, GloveboxOptions } from 'glovebox'
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest'
import { FOREIGN_HEADERS, hits, LOOK_ALIKES } from '../conformance/hostile-requests.ts'
import { answering, codeOf, limitsOf, openBox, pkg, uniqueName, until } from './box-harness.ts'

const { origin, otherOrigin } = inject('server')

const CODE = `
  const tell = (error) => ({ name: error.name, code: error.code, message: error.message })
  export const get = async (url, init) => {
    try {
      const response = await fetch(url, init)
      return { status: response.status, redirected: response.redirected, url: response.url, headers: [...response.headers], text: await response.text() }
    } catch (error) { return tell(error) }
  }
  export const size = async (url) => {
    let size = 0
    try {
      for (const reader = (await fetch(url)).body.getReader(); ;) {
        const { done, value } = await reader.read()
        if (done) return { size }
        size += value.byteLength
      }
    } catch (error) { return { size, ...tell(error) } }
  }
  export const status = async (url, init) => {
    try { return (await fetch(url, init)).status } catch (error) { return error.code }
  }
  export const many = async (url, count) => Promise.all(Array.from({ length: count }, () => status(url)))
`

const http = (name: 'http:read' | 'http:write', redirects = false): unknown => ({ name, scope: { origins: [origin], redirects }, reason: 'to test' })

async function open(options: Partial<GloveboxOptions> = {}, redirects = false): Promise<Extension> {
  return (await openBox(options)).install(pkg(CODE, { permissions: [http('http:read', redirects), http('http:write', redirects)] }))
}

const forget = (): Promise<unknown> => fetch(`${origin}/reset`, { method: 'POST' })
beforeEach(forget)
afterEach(() => {
  document.cookie = 'page=secret; max-age=0'
})

describe('a request', () => {
  test('goes out with what was asked and comes back whole', async () => {
    const extension = await open()
    const init = { method: 'POST', headers: { 'content-type': 'text/x', 'x-request-id': '1' }, body: 'hello' }

    const { status, text } = (await extension.call('get', [`${origin}/echo?a=b`, init])) as { status: number; text: string }
    expect(status).toBe(200)
    expect(JSON.parse(text)).toMatchObject({
      method: 'POST',
      path: '/echo',
      query: '?a=b',
      body: 'hello',
      headers: { 'content-type': 'text/x', 'x-request-id': '1' },
    })
  })

  test('carries no cookie and no referrer of the page, and brings no cookie back', async () => {
    document.cookie = 'page=secret'
    await fetch(`${origin}/cookie`, { credentials: 'include' })
    const extension = await open()
    const { text } = (await extension.call('get', [
      `${origin}/echo`,
      { credentials: 'include', referrer: 'about:client', cache: 'force-cache' },
    ])) as { text: string }
    const { headers } = (await extension.call('get', [`${origin}/cookie`])) as { headers: string[][] }

    expect(text).not.toMatch(/secret|referer/)
    expect(JSON.stringify(headers)).not.toContain('cookie')
  })

  test.each(FOREIGN_HEADERS)(
    'with the header %s is refused by name',
    async (name) => {
      const extension = await open()
      const result = (await extension.call('get', [`${origin}/echo`, { headers: { [name]: 'v' } }])) as { code?: string; text?: string }

      if (result.text === undefined) expect(result.code).toBe('invalid-argument')
      else expect(JSON.parse(result.text).headers).not.toHaveProperty(name) // a name that fetch itself drops without a word
      expect(await hits('/echo')).toHaveLength(result.text === undefined ? 0 : 1)
    },
  )

  test('moves a megabyte both ways', async () => {
    const extension = await open()
    expect(await extension.call('size', [`${origin}/bytes?n=1048576`])).toEqual({ size: 1_048_576 })
    expect(await extension.call('status', [`${origin}/echo`, { method: 'PUT', body: new Uint8Array(1_048_576) }])).toBe(200)
  })
})

describe('a place that is not granted is never reached', () => {
  test.each(LOOK_ALIKES)('%s', async (_, target) => {
    const extension = await open()

    expect(['permission-denied', 'invalid-argument', '']).toContain((await extension.call('status', [`${target}/echo`])) ?? '')
    expect(await hits('/echo')).toEqual([])
  })
})

describe('a redirect', () => {
  test('is not followed where the grant does not allow it', async () => {
    const extension = await open()
    for (const to of ['/echo', `${otherOrigin}/echo`]) {
      expect(await extension.call('status', [`${origin}/redirect?to=${encodeURIComponent(to)}`])).toBe('network-failed')
    }
    expect(await hits('/echo')).toEqual([])
  })

  test('is followed where it does, and its answer is kept back when it ends elsewhere', async () => {
    const extension = await open({}, true)

    expect(await extension.call('get', [`${origin}/redirect?to=/echo`])).toMatchObject({ status: 200, redirected: true, url: `${origin}/echo` })
    expect(await extension.call('status', [`${origin}/redirect?to=${encodeURIComponent(`${otherOrigin}/echo`)}`])).toBe('redirect-refused')
  })
})

describe('limits', () => {
  test.each(['/gzip-bomb?mib=64', '/bytes?n=67108864'])('cut %s at the cap', async (path) => {
    const extension = await open({ limits: { httpBodyBytes: 2 ** 20 } })
    const limits = limitsOf(extension)
    const { size, code } = (await extension.call('size', [`${origin}${path}`])) as { size: number; code: string }

    expect(code).toBe('body-too-large')
    expect(size).toBeLessThanOrEqual(2 ** 20)
    expect(limits.length).toBeLessThanOrEqual(1)
  })

  test('end a trickle at its time', async () => {
    const extension = await open({ limits: { httpMs: 300 } })
    expect(await extension.call('size', [`${origin}/drip?ms=20`])).toMatchObject({ code: 'deadline-exceeded' })
  })

  test('hold for requests a minute', async () => {
    const extension = await open({ limits: { httpPerMinute: 3 } })
    expect(((await extension.call('many', [`${origin}/status`, 5])) as unknown[]).sort()).toEqual([200, 200, 200, 'rate-limit', 'rate-limit'])
    expect(await hits('/status')).toHaveLength(3)
  })
})

describe('a grant', () => {
  const optional = (name = 'http:read'): Record<string, unknown> => ({
    optionalPermissions: [{ name, scope: { origins: [origin] }, reason: 'to test' }],
  })

  async function tab(name: string, decision: Decision): Promise<{ box: Glovebox; extension: Extension; requests: readonly unknown[] }> {
    const { prompt, requests } = answering(decision)
    const box = await openBox({ name, prompt, store: 'indexeddb' })
    return { box, extension: await box.install(pkg(CODE, optional())), requests }
  }

  test('is asked for at first use, once for uses at the same time', async () => {
    const { extension, requests } = await tab(uniqueName(), 'session')
    expect(await extension.call('many', [`${origin}/status`, 4])).toEqual([200, 200, 200, 200])
    expect(requests).toHaveLength(1)
    expect(requests).toMatchObject([{ when: 'use', permissions: [{ name: 'http:read', reason: 'to test' }] }])
  })

  test('for once is for one request', async () => {
    const { extension, requests } = await tab(uniqueName(), 'once')
    expect(await extension.call('many', [`${origin}/status`, 3])).toEqual([200, 200, 200])
    expect(requests).toHaveLength(3)
  })

  test('that is revoked ends the transfer in flight and every later one, until the host asks again', async () => {
    const { extension, requests } = await tab(uniqueName(), 'session')
    const size = extension.call('size', [`${origin}/drip?ms=20`]).catch((error: unknown) => error)
    await until(async () => (await hits('/drip')).length > 0, 'the request', 20_000)
    await extension.permissions.revoke('http:read')

    expect(await size).toMatchObject({ code: 'permission-revoked' })
    expect(await extension.call('status', [`${origin}/status`])).toBe('permission-revoked')
    expect(requests).toHaveLength(1)
    await extension.permissions.request('http:read')
    expect(await extension.call('status', [`${origin}/status`])).toBe(200)
  })

  test.each(['session', 'always'] as const)('for %s is gone in other tabs within a second of its revocation', async (decision) => {
    const name = uniqueName()
    const [here, there] = [await tab(name, decision), await tab(name, decision)]
    const size = there.extension.call('size', [`${origin}/drip?ms=20`]).catch((error: unknown) => error)
    await until(async () => (await hits('/drip')).length > 0, 'the request', 20_000)
    const revokedAt = performance.now()
    await here.extension.permissions.revoke('http:read')

    expect(await size).toMatchObject({ code: 'permission-revoked' })
    expect(performance.now() - revokedAt).toBeLessThan(1000)
    expect(await there.extension.call('status', [`${origin}/status`])).toBe('permission-revoked')
  })

  test('for always outlives the page, a denial as well', async () => {
    for (const [decision, status] of [
      ['always', 200],
      ['deny', 'permission-denied'],
    ] as const) {
      const name = uniqueName()
      const first = await tab(name, decision)
      expect(await first.extension.call('status', [`${origin}/status`])).toBe(status)
      first.box.dispose()
      const second = await tab(name, 'session')
      expect(await second.extension.call('status', [`${origin}/status`])).toBe(status)
      expect(second.requests).toHaveLength(0)
    }
  })

  test('is no grant for the next version', async () => {
    const { box, extension, requests } = await tab(uniqueName(), 'always')
    await extension.permissions.request('http:read')
    const next = await box.install(pkg(`${CODE}\n`, { ...optional(), version: '2.0.0' }))

    expect(next.permissions.query()).toMatchObject([{ name: 'http:read', state: 'prompt' }])
    expect(requests).toHaveLength(1)
  })

  test('that is required and refused leaves nothing installed', async () => {
    const box = await openBox({ prompt: answering('deny').prompt })
    expect(await codeOf(box.install(pkg(CODE, { permissions: [http('http:read')] })))).toBe('permission-denied')
    expect(box.list()).toEqual([])
  })
})
