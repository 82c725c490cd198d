/** Components that call other extensions by an interface, and are called so, or by name. */
import type { Extension, Glovebox } from 'glovebox'
import fixtures from 'virtual:glovebox-wat'
import { describe, expect, test } from 'vitest'
import { codeOf, openBox, pkg, type TestPackage } from '../browser/box-harness.ts'

const CALL = [{ name: 'extension:call', scope: { extensions: ['com.math'] } }]
const INTERFACE = 'acme:math/api@1.1.0'
function component(fixture: string, id: string, manifest: Record<string, unknown> = {}): TestPackage {
  const bytes = Uint8Array.from(atob(fixtures[fixture]?.component ?? ''), (character) => character.charCodeAt(0))
  return {
    manifest: { id, name: fixture, version: '1.2.0', lane: 'component', entry: 'main.wasm', files: ['main.wasm'], ...manifest },
    files: { 'main.wasm': bytes },
  }
}

const PROVIDER = component('provider', 'com.math', { provides: [{ interface: 'acme:math/api@1.2.0' }] })
const IMPORTER = component('importer', 'com.user', { links: { math: { extension: 'com.math', version: '^1.2', interface: INTERFACE } }, permissions: CALL })
const SCRIPT_PROVIDER = pkg(`export const api = {
  double: (x) => 2 * x,
  half(x) { if (x % 2) throw new RangeError('odd'); return x / 2 },
  same: (list) => list,
  whoCalls: () => glovebox.extensions.caller,
}`, { id: 'com.math', version: '1.3.0', provides: [{ interface: 'acme:math/api' }] })
const SCRIPT_CALLER = pkg('export const call = (name, ...args) => glovebox.links.math[name](...args)', {
  id: 'com.user', links: { math: { extension: 'com.math', version: '^1.2', interface: INTERFACE } }, permissions: CALL,
})

async function install(box: Glovebox, provider: TestPackage, user: TestPackage): Promise<Extension> {
  await box.install(provider)
  return box.install(user)
}

/** @param canWait  can a component's import wait for the page? */
export function describeLinks(canWait: boolean): void {
  describe.runIf(canWait)('a component', () => {
    test.each([['a component', PROVIDER], ['a script', SCRIPT_PROVIDER]])('imports an interface that %s provides', async (_, provider) => {
      const user = await install(await openBox(), provider, IMPORTER)
      expect(await user.call('quadruple', [3])).toBe(12)
      expect(await user.call('half', [8])).toBe(4)
      await expect(user.call('half', [7])).rejects.toMatchObject({ code: 'thrown', payload: 'odd' })
      expect(await user.call('same', [[1, 2, 65_535]])).toEqual([1, 2, 65_535])
      expect(await user.call('whoCalls')).toBe('com.user')
    })

    test('hears of a refusal where its function has an error, and ends where it has none', async () => {
      const box = await openBox()
      const user = await install(box, PROVIDER, IMPORTER)
      await box.uninstall('com.math')
      await expect(user.call('half', [8])).rejects.toMatchObject({ code: 'thrown', payload: expect.stringMatching(/^link-missing: /) })
      expect(await codeOf(user.call('quadruple', [8]))).toBe('crashed')
    })
  })

  test('a script calls a component by its interface, and by a name', async () => {
    const box = await openBox()
    const user = await install(box, PROVIDER, SCRIPT_CALLER)
    expect(await user.call('call', ['double', 3])).toBe(6)
    expect(await user.call('call', ['whoCalls'])).toBe('com.user')
    expect(await user.call('call', ['count'])).toBe(1)
    expect(await user.call('call', ['count'])).toBe(2)
    await expect(user.call('call', ['half', 3])).rejects.toMatchObject({ guestName: 'ExtensionError', guestCode: 'callee-failed', message: 'odd' })
  })
}
