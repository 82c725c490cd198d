/** Extensions that call each other, in a real box. */
import type { Extension, Glovebox } from 'glovebox'
import { expect, test } from 'vitest'
import { codeOf, openBox, pkg, type TestPackage } from './box-harness.ts'

const CALL = (...extensions: string[]): object => ({ name: 'extension:call', scope: { extensions } })

/** An extension with the id `com.<name>`. */
function extension(name: string, code: string, manifest: Record<string, unknown> = {}): TestPackage {
  return pkg(code, { id: `com.${name}`, ...manifest })
}

/** One that links to others, each under the last part of its id. */
function caller(name: string, code: string, to: readonly string[], manifest: Record<string, unknown> = {}): TestPackage {
  const links = Object.fromEntries(to.map((other) => [other, { extension: `com.${other}`, version: '^1.0' }]))
  const { permissions = [], ...rest } = manifest
  return extension(name, code, { links, permissions: [CALL(...to.map((other) => `com.${other}`)), ...(permissions as object[])], ...rest })
}

async function install(box: Glovebox, ...packages: TestPackage[]): Promise<Extension[]> {
  const installed: Extension[] = []
  for (const one of packages) installed.push(await box.install(one))
  return installed
}

const WEATHER = extension('weather', `
  let count = 0
  export const forecast = async ({ city }) => ({ text: 'rain in ' + city, caller: glovebox.extensions.caller, count: ++count })
  export const fail = () => { throw Object.assign(new RangeError('no such city'), { code: 'no-city' }) }
  export const secret = () => 'secret'
  export const read = () => glovebox.storage.get('a')`, {
  provides: [{ export: 'forecast' }, { export: 'fail' }, { export: 'read' }], permissions: [{ name: 'storage:read', scope: { prefixes: [''] } }],
})

const PLANNER = caller('planner', `
  export const plan = (city) => glovebox.links.weather.forecast({ city })
  export const byName = (name, ...args) => glovebox.extensions.call('weather', name, args)
  export const caught = async (name, ...args) => {
    try { return await glovebox.extensions.call('weather', name, args) }
    catch ({ name, code, message, cause }) { return { name, code, message, cause } }
  }`, ['weather'])

test('a script calls an export of another script; both keep their memory, and the callee learns who calls', async () => {
  const box = await openBox()
  const [weather, planner] = await install(box, WEATHER, PLANNER)
  expect(await planner?.call('plan', ['Paris'])).toEqual({ text: 'rain in Paris', caller: 'com.planner', count: 1 })
  expect(await planner?.call('plan', ['Oslo'])).toMatchObject({ count: 2 })
  expect(await weather?.call('forecast', [{ city: 'Rome' }])).toEqual({ text: 'rain in Rome', caller: undefined, count: 1 })
  const { instances } = await (weather as Extension).inspect()
  expect(instances.map(({ serves }) => serves).sort()).toEqual(['app', 'extensions'])
})

test('what the callee throws reaches the caller as its words, under a code of the host', async () => {
  const [, planner] = await install(await openBox(), WEATHER, PLANNER)
  expect(await planner?.call('caught', ['fail'])).toEqual({
    name: 'ExtensionError', code: 'callee-failed', message: 'no such city', cause: { name: 'RangeError', code: 'no-city' },
  })
})

test('only what the callee provides can be called, whatever the name', async () => {
  const [, planner] = await install(await openBox(), WEATHER, PLANNER)
  for (const name of ['secret', '__proto__', 'constructor', 'default', 'forecast.call', 'toString']) {
    expect(await planner?.call('caught', [name]), name).toMatchObject({ name: 'PermissionError', code: 'permission-denied' })
  }
})

test('while it serves others the callee may use nothing that "provides" does not list', async () => {
  const [weather, planner] = await install(await openBox(), WEATHER, PLANNER)
  expect(await weather?.call('read')).toBe(undefined)
  expect(await planner?.call('caught', ['read'])).toMatchObject({ code: 'callee-failed', cause: { name: 'PermissionError', code: 'permission-denied' } })
})

test('a link to what is not installed, to another version, or to what it does not provide, is an error of the installation', async () => {
  const box = await openBox()
  expect(await codeOf(box.install(PLANNER))).toBe('link-missing')
  await box.install(WEATHER)
  const linked = (link: object): Promise<unknown> =>
    box.install(extension('planner', '', { links: { weather: { extension: 'com.weather', version: '1.0.0', ...link } }, permissions: [CALL('com.weather')] }))
  expect(await codeOf(linked({ version: '^2.0' }))).toBe('link-mismatch')
  expect(await codeOf(linked({ exports: ['secret'] }))).toBe('link-mismatch')
  expect(await codeOf(linked({ interface: 'acme:weather/api@1.0.0' }))).toBe('link-mismatch')
  expect(await codeOf(linked({ extension: 'com.other' }))).toBe('manifest-invalid')
  await linked({ exports: ['forecast'] })
})

test('the audit log has the chain of a call, and for whom the callee then did what', async () => {
  const box = await openBox()
  const reader = { ...WEATHER, manifest: { ...WEATHER.manifest, provides: [{ export: 'read', permissions: ['storage:read'] }] } }
  const relay = caller('relay', 'export const read = () => glovebox.links.weather.read()', ['weather'], { provides: [{ export: 'read', permissions: ['extension:call'] }] })
  const user = caller('user', 'export const read = () => glovebox.links.relay.read()', ['relay'])
  const [, , first] = await install(box, reader, relay, user)
  await first?.call('read')
  const { rows } = await box.audit.query({})
  const facts = rows.filter(({ kind }) => kind === 'capability').map(({ extension: id, method, facts }) => ({ id, method, ...facts }))
  expect(facts).toEqual(expect.arrayContaining([
    { id: 'com.user', method: 'extension.call', chain: 'com.user com.relay' },
    { id: 'com.relay', method: 'extension.call', chain: 'com.user com.relay com.weather', onBehalfOf: 'com.user' },
    { id: 'com.weather', method: 'storage.get', onBehalfOf: 'com.user com.relay' },
  ]))
})

test('the types of a component cross from extension to extension; its resources do not, and it lives on', async () => {
  const box = await openBox()
  const bytes = await (await fetch(new URL('../fixtures/values/values.wasm', import.meta.url))).arrayBuffer()
  await box.install({
    manifest: {
      id: 'com.values', name: 'values', version: '1.0.0', lane: 'component', entry: 'main.wasm', files: ['main.wasm'],
      provides: [{ interface: 'acme:values/api@1.2.0' }, { export: 'count' }],
    },
    files: { 'main.wasm': new Uint8Array(bytes) },
  })
  const links = {
    values: { extension: 'com.values', version: '^1.0', interface: 'acme:values/api@1.0.0' }, plain: { extension: 'com.values', version: '1.0.0', exports: ['count'] },
  }
  const user = await box.install(extension('user', `
    export const call = (name, ...args) => glovebox.links.values[name](...args).catch(({ code, cause }) => ({ code, cause }))
    export const count = () => glovebox.links.plain.count()`, { links, permissions: [CALL('com.values')] }))
  expect(await user.call('count')).toBe(1)
  expect(await user.call('call', ['big', 2n ** 63n, -1n])).toEqual([2n ** 63n, -1n])
  expect(await user.call('call', ['bytes', new Uint8Array([1, 2])])).toEqual(new Uint8Array([2, 1])) // it turns them around
  expect(await user.call('call', ['forecast', { city: 'Nowhere' }])).toMatchObject({ cause: { code: 'unknown-city', payload: { tag: 'unknown-city', val: 'Nowhere' } } })
  expect(await user.call('call', ['makeCounters', 2])).toEqual({ code: 'callee-failed', cause: { name: 'GuestError', code: 'value-unsupported' } })
  expect(await user.call('call', ['counter.take', 2])).toMatchObject({ code: 'permission-denied' })
  expect(await user.call('count')).toBe(2)
})
