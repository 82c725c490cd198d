import { describe, expect, test } from 'vitest'
import { isForeignInterface, providesInterface, toCamel } from '../../../src/manifest/link.ts'
import { parseManifest } from '../../../src/manifest/parse.ts'

const CALL = { name: 'extension:call', scope: { extensions: ['com.acme.weather'] } }
const LINK = { extension: 'com.acme.weather', version: '^1.2' }

function manifest(fields: Record<string, unknown>): Record<string, unknown> {
  return { id: 'com.acme.planner', name: 'Planner', version: '1.0.0', lane: 'script', entry: 'main.js', files: ['main.js'], permissions: [CALL], ...fields }
}

async function problems(fields: Record<string, unknown>): Promise<readonly string[]> {
  const result = await parseManifest(manifest(fields)).then(() => undefined, (error: unknown) => error)
  return result === undefined ? [] : (Reflect.get(Reflect.get(Object(result), 'details'), 'problems') as readonly string[]) // a ManifestError
}

describe('links and provides', () => {
  test('are kept as they are, and absent where the author gave none', async () => {
    const links = { weather: { ...LINK, exports: ['forecast'] }, api: { ...LINK, interface: 'acme:weather/api@1.2.0' } }
    const provides = [{ export: 'plan', permissions: ['extension:call'] }, { interface: 'acme:planner/api' }]
    expect(await parseManifest(manifest({ links, provides }))).toMatchObject({ links, provides })
    expect(Object.keys(await parseManifest(manifest({})))).not.toEqual(expect.arrayContaining(['links', 'provides']))
  })

  test.each([
    ['a name with a dash', { links: { 'my-weather': LINK } }],
    ['a name that makes a promise', { links: { then: LINK } }],
    ['a name from the prototype', { links: JSON.parse('{"__proto__": {"extension": "com.acme.weather", "version": "1.0.0"}}') }],
    ['the constructor', { links: { constructor: LINK } }],
    ['a range of another kind', { links: { weather: { ...LINK, version: '>=1' } } }],
    ['no version', { links: { weather: { extension: 'com.acme.weather' } } }],
    ['interface and exports', { links: { weather: { ...LINK, interface: 'acme:weather/api', exports: ['a'] } } }],
    ['an interface of the host', { links: { weather: { ...LINK, interface: 'glovebox:host/storage' } } }],
    ['an interface of WASI', { links: { weather: { ...LINK, interface: 'wasi:filesystem/types@0.2.0' } } }],
    ['no interface', { links: { weather: { ...LINK, interface: 'api' } } }],
    ['one interface twice', { links: { a: { ...LINK, interface: 'acme:weather/api@1.0.0' }, b: { ...LINK, interface: 'acme:weather/api@2.0.0' } } }],
    ['itself', { links: { me: { extension: 'com.acme.planner', version: '1.0.0' } } }],
    ['no permission for it', { links: { weather: LINK }, permissions: [] }],
    ['another id in the permission', { links: { other: { ...LINK, extension: 'com.acme.other' } } }],
    ['an unknown key', { links: { weather: { ...LINK, optional: true } } }],
    ['the lane core', { links: { weather: LINK }, lane: 'core', core: { abi: 'json' } }],
    ['provides with neither', { provides: [{ permissions: [] }] }],
    ['provides with both', { provides: [{ export: 'a', interface: 'acme:a/b' }] }],
    ['provides twice', { provides: [{ export: 'a' }, { export: 'a' }] }],
    ['an interface in two versions', { provides: [{ interface: 'acme:a/b@1.0.0' }, { interface: 'acme:a/b@2.0.0' }] }],
    ['a permission it does not ask for', { provides: [{ export: 'a', permissions: ['http:read'] }] }],
    ['an unknown permission', { provides: [{ export: 'a', permissions: ['camera'] }] }],
    ['a permission twice', { provides: [{ export: 'a', permissions: ['extension:call', 'extension:call'] }] }],
    ['an export that makes a promise', { provides: [{ export: 'then' }] }],
    ['an interface of a core module', { provides: [{ interface: 'acme:a/b' }], lane: 'core', core: { abi: 'json' } }],
  ])('refuses %s', async (_, fields) => {
    expect(await problems(fields)).not.toEqual([])
  })

  test('refuses more groups of permissions than may have instances', async () => {
    const names = ['clipboard:read', 'clipboard:write', 'notification:show', 'serial:open', 'extension:call']
    const permissions = [CALL, ...names.slice(0, 4).map((name) => ({ name }))]
    const provides = names.map((name) => ({ export: name.replace(':', ''), permissions: [name] }))
    expect(await problems({ permissions, provides: provides.slice(0, 4) })).toEqual([])
    expect(await problems({ permissions, provides })).toEqual(['$.provides: expected at most 4 different lists of permissions, got 5'])
  })
})

test('an interface serves what asks for it or for an older one of the same line', () => {
  expect(providesInterface('acme:a/b@1.2.0', 'acme:a/b@1.1.0')).toBe(true)
  expect(providesInterface('acme:a/b', 'acme:a/b@3.0.0')).toBe(true)
  expect(providesInterface('acme:a/b@1.1.0', 'acme:a/b@1.2.0')).toBe(false)
  expect(providesInterface('acme:a/b@2.0.0', 'acme:a/b@1.2.0')).toBe(false)
  expect(providesInterface('acme:a/b@0.2.0', 'acme:a/b@0.1.0')).toBe(false)
  expect(providesInterface('acme:a/bc@1.0.0', 'acme:a/b@1.0.0')).toBe(false)
  expect(isForeignInterface('acme:a/b/c')).toBe(false)
  expect(toCamel('get-it-2')).toBe('getIt2')
})
