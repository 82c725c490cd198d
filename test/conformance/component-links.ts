/** Components that call other extensions by an interface, and are called so, or by name. */
import type { Extension, Glovebox } from 'glovebox'
import fixtures from 'virtual:glovebox-wat'
import { describe, expect, test } from 'vitest'
import { componentPackage, preparedFixture } from '../browser/component-harness.ts'
import { answering, codeOf, openBox, pkg, type TestPackage } from '../browser/box-harness.ts'

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

/** Where the linker is the only component. */
const prepared = preparedFixture('linker/linker')

/** Calls by name: `call(link, name, json)`. */
async function linker(manifest: Record<string, unknown> = {}): Promise<TestPackage> {
  const links = { math: { extension: 'com.math', version: '^1.0' } }
  return componentPackage('linker/linker', { id: 'com.user', links, permissions: CALL, ...manifest })
}

const BY_NAME = `
  export const add = (...numbers) => numbers.reduce((sum, number) => sum + number, 0)
  export const describe = (text) => ({ text, for: glovebox.extensions.caller })
  export const nothing = () => undefined
  export const huge = () => 2n ** 64n
  export const fail = () => { throw Object.assign(new RangeError('too big'), { code: 'big' }) }
  export const hidden = () => 'hidden'`
const NAMED = ['add', 'describe', 'nothing', 'huge', 'fail'].map((name) => ({ export: name }))

/** What the fixture gives: JSON, or the words of its error. */
async function told(user: Extension, name: string, args = '[]', link = 'math'): Promise<unknown> {
  return user.call('call', [link, name, args]).catch(({ payload }: { readonly payload?: unknown }) => payload)
}

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

  describe.runIf(canWait)('a component that calls by name', () => {
    test('gets JSON from a script, which learns who calls, and hears apart what it threw and what the host refuses', async () => {
      const box = await openBox({ prepared })
      const user = await install(box, pkg(BY_NAME, { id: 'com.math', provides: NAMED }), await linker())

      expect(await told(user, 'add', '[1, 2, 39]')).toBe('42')
      expect(await told(user, 'describe', '["\\u00e4"]')).toBe('{"text":"\u00e4","for":"com.user"}')
      expect(await told(user, 'nothing')).toBe('null')
      expect(await told(user, 'fail')).toBe('failed RangeError big too big None')
      expect(await told(user, 'huge')).toBe('failed TypeError value-unsupported What it gave is no JSON. None')
      for (const args of ['{}', '1', '[1', '']) expect(await told(user, 'add', args), args).toBe('refused ErrorCode::InvalidArgument')
      for (const name of ['hidden', '__proto__', 'constructor', 'add.call']) {
        expect(await told(user, name), name).toBe('refused ErrorCode::PermissionDenied')
      }
      for (const link of ['other', '__proto__']) expect(await told(user, 'add', '[]', link), link).toBe('refused ErrorCode::InvalidArgument')
      await box.uninstall('com.math')
      expect(await told(user, 'add')).toBe('refused ErrorCode::LinkMissing')
    })

    test('gets the error value of another component as JSON', async () => {
      const links = { math: { extension: 'com.math', version: '^1.0', interface: INTERFACE } }
      const user = await install(await openBox(), PROVIDER, await linker({ links }))
      expect(await told(user, 'half', '[8]')).toBe('4')
      expect(await told(user, 'half', '[7]')).toMatch(/^failed .* odd Some\("\\"odd\\""\)$/)
    })

    test('is refused without the permission, and where the chain would come back to it', async () => {
      const code = 'export const back = (name) => glovebox.links.user.call("math", name, "[]").catch(({ cause, code }) => cause?.payload ?? code)'
      const back = pkg(code, {
        id: 'com.math', links: { user: { extension: 'com.user', version: '^1.0' } }, provides: [{ export: 'back', permissions: ['extension:call'] }],
        permissions: [{ name: 'extension:call', scope: { extensions: ['com.user'] } }],
      })
      const box = await openBox({ prepared })
      await box.install(pkg('', { id: 'com.user', provides: [{ export: 'call' }] }))
      await box.install(back)
      const user = await box.install(await linker({ provides: [{ export: 'call', permissions: ['extension:call'] }] }))
      expect(await box.get('com.math').call('back', ['back'])).toBe('refused ErrorCode::LinkCycle')
      expect(await told(user, 'back', '["back"]')).toBe('"link-cycle"')

      const denying = await openBox({ prepared, prompt: answering('deny').prompt })
      const asking = await linker({ permissions: [], optionalPermissions: CALL })
      const denied = await install(denying, pkg(BY_NAME, { id: 'com.math', provides: NAMED }), asking)
      expect(await told(denied, 'add')).toBe('refused ErrorCode::PermissionDenied')
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
