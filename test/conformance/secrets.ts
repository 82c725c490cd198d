/** Secrets in the hands of a guest: it keeps its own, and sends the app's without seeing them. The same for a script and a component. */
import type { SecretOptions } from 'glovebox'
import { beforeEach, describe, expect, inject, test } from 'vitest'
import { logsOf, openBox, type TestPackage } from '../browser/box-harness.ts'
import { componentPackage, preparedFixture } from '../browser/component-harness.ts'

const { origin, otherOrigin } = inject('server')
export const AUTHORITY: string = new URL(origin).host
export const SECRET = 'sk-live-"0123456789/+\\<abc>'
const prepared = preparedFixture('vault/vault')

export function vaultPermissions(): unknown[] {
  const http = ['http:read', 'http:write'].map((name) => ({ name, scope: { origins: [origin, otherOrigin], redirects: true }, reason: 'to test' }))
  const vault = ['vault:read', 'vault:write', 'vault:use'].map((name) => ({ name, scope: { secrets: ['token', 'mine'] }, reason: 'to test' }))
  return [...http, ...vault]
}

export const vaultComponent = (): Promise<TestPackage> => componentPackage('vault/vault', { permissions: vaultPermissions() })

export function secretOptions(more: Partial<SecretOptions['binding']> = {}, extensions: SecretOptions['extensions'] = ['com.example.test']): SecretOptions {
  return { binding: { origin, path: '/echo', methods: ['GET', 'POST'], header: 'authorization', form: 'Bearer {}', ...more }, extensions }
}

export async function hits(): Promise<{ method: string, path: string, headers: Record<string, string> }[]> {
  return ((await (await fetch(`${origin}/hits?path=`)).json()) as { method: string, path: string, headers: Record<string, string> }[])
    .filter(({ method }) => method !== 'OPTIONS')
}

/** @param make  a package with the exports of test/fixtures/vault */
export function describeSecrets(name: string, make: () => TestPackage | Promise<TestPackage>): void {
  describe(name, () => {
    beforeEach(() => fetch(`${origin}/reset`, { method: 'POST' }))

    test('keeps secrets of its own', async () => {
      const extension = await (await openBox({ prepared })).install(await make())
      await extension.call('keep', ['mine', 'a \u{1f511}'])

      expect(await extension.call('recall', ['mine'])).toBe('a \u{1f511}')
      expect(await extension.call('recall', ['token'])).toBeUndefined()
      expect(await extension.call('names')).toEqual(['mine'])
      expect(await extension.call('drop', ['mine'])).toBe(true)
      expect(await extension.call('names')).toEqual([])
    })

    test('is refused names that it has no grant for', async () => {
      const extension = await (await openBox({ prepared })).install(await make())

      expect(await told(extension.call('keep', ['other', 'x']))).toMatch(/permission-?denied/i)
    })

    test("sends the app's secret, and is shown neither it nor what the server repeats of it", async () => {
      const box = await openBox({ prepared })
      const lines = logsOf(box)
      const extension = await box.install(await make())
      await box.vault.set('token', SECRET, secretOptions())
      const text = String(await extension.call('ask', [AUTHORITY, '/echo?{token}', 'token']))

      const [hit] = await hits()
      expect(hit?.headers['authorization']).toBe(`Bearer ${SECRET}`)
      expect(hit?.headers['x-glovebox-secret']).toBeUndefined()
      const masked = '*'.repeat(JSON.stringify(SECRET).length - 2)
      expect(JSON.parse(text)).toMatchObject({ query: '?{token}', headers: { authorization: `Bearer ${masked}` } })
      expect(JSON.stringify(lines)).not.toContain('0123456789')
      expect(lines.map((line) => line.text).join('')).toContain('Bearer ***')
    })

    test('is not helped by naming it for another place, or what was not shared with it', async () => {
      const box = await openBox({ prepared })
      const extension = await box.install(await make())
      await box.vault.set('token', SECRET, secretOptions())
      await box.vault.set('mine', SECRET, secretOptions({}, ['com.example.other']))

      const elsewhere = otherOrigin.replace('http://', '')
      for (const [authority, path, name] of [[elsewhere, '/echo', 'token'], [AUTHORITY, '/echo2', 'token'], [AUTHORITY, '/echo', 'mine']]) {
        expect(await told(extension.call('ask', [authority, path, name]))).toMatch(/secret-unavailable|denied/)
      }
      expect(await hits()).toEqual([])
    })
  })
}

/** The code of a script's error, or the payload of a component's. */
async function told(call: Promise<unknown>): Promise<string> {
  const refusal = (await call.catch((error: unknown) => error)) as { guestCode?: string, payload?: unknown }
  return `${refusal.guestCode} ${String(refusal.payload)}`
}
