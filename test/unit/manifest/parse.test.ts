import { describe, expect, test } from 'vitest'
import type { GloveboxError } from '../../../src/errors.ts'
import { LIMIT_RANGE } from '../../../src/manifest/limits.ts'
import { parseManifest, parseManifestText } from '../../../src/manifest/parse.ts'

const VALID = {
  id: 'com.acme.weather',
  name: 'Weather',
  version: '1.2.0',
  description: 'Tells the weather.\nIn two lines.',
  lane: 'script',
  entry: 'main.js',
  lifetime: 'call',
  files: ['main.js', { path: 'data/cities.json', size: 12, digest: `sha256:${'a'.repeat(64)}` }],
  permissions: [{ name: 'http:read', scope: { origins: ['https://api.example.com', 'http://127.0.0.1:8080'] }, reason: 'to read the forecast' }],
  optionalPermissions: [{ name: 'storage:write', scope: { prefixes: [''] } }],
  limits: { memoryMib: 64 },
}

/** Problems of the manifest that VALID becomes when `change` is put over it; empty when it parses. */
async function problemsOf(input: unknown): Promise<readonly string[]> {
  const error: unknown = await parseManifest(input).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error === undefined) return []
  expect(error).toMatchObject({ name: 'ManifestError', code: 'manifest-invalid' })
  return (error as GloveboxError).details['problems'] as readonly string[]
}

const without = (key: string): unknown => Object.fromEntries(Object.entries(VALID).filter(([name]) => name !== key))
const permission = (change: object): unknown => ({ ...VALID, permissions: [{ ...VALID.permissions[0], ...change }] })
const kept = (name: string, ...directories: readonly string[]): unknown => ({ name, scope: { directories } })
const origins = (...list: unknown[]): unknown => permission({ scope: { origins: list } })
const files = (...list: unknown[]): unknown => ({ ...VALID, files: ['main.js', ...list] })

describe('a valid manifest', () => {
  test('becomes a fresh, deeply frozen value with the defaults filled in', async () => {
    const { description, lifetime, limits, permissions, optionalPermissions, ...least } = VALID

    const full = await parseManifest(VALID)
    const small = await parseManifest({ ...least, files: ['main.js'] })

    expect(full).toEqual({
      ...VALID,
      files: [{ path: 'main.js' }, VALID.files[1]],
      permissions: [{ ...VALID.permissions[0], scope: { ...VALID.permissions[0]?.scope, redirects: false } }],
      optionalPermissions: [{ ...VALID.optionalPermissions[0], reason: '' }],
    })
    expect(small).toMatchObject({ description: '', lifetime: 'session', limits: {}, permissions: [], optionalPermissions: [] })
    for (const value of [full, full.files, full.files[0], full.permissions, full.permissions[0]?.scope, full.limits])
      expect(Object.isFrozen(value)).toBe(true)
    expect([description, lifetime, limits, permissions, optionalPermissions]).toBeDefined()
  })

  test('does not follow later changes of the input', async () => {
    const input = structuredClone(VALID)
    const parsed = await parseManifest(input)

    input.permissions[0]?.scope.origins.push('https://evil.example')

    expect(parsed.permissions[0]?.scope).toMatchObject({ origins: VALID.permissions[0]?.scope.origins })
  })

  test('is read once: a getter that answers differently the second time gains nothing', async () => {
    const reads = ['com.acme.weather', 'com.evil.other']
    const input = Object.defineProperty({ ...VALID }, 'id', { enumerable: true, get: () => reads.shift() })

    expect((await parseManifest(input)).id).toBe('com.acme.weather')
  })

  test('inherits nothing from a prototype', async () => {
    expect(await problemsOf(Object.assign(Object.create({ id: 'com.acme.weather' }) as object, without('id')))).toHaveLength(1)
  })

  test('has a field of the WebAssembly lanes only where the author gave it: digests of older packages stay', async () => {
    const core = { ...VALID, lane: 'core', core: { abi: 'json', allocator: 'malloc' }, config: { units: 'metric' } }

    expect(Object.keys(await parseManifest(VALID))).not.toContain('core')
    expect(await parseManifest(core)).toMatchObject({ lane: 'core', core: core.core, config: core.config })
  })

  test.each(['1.0.0', '0.0.1-alpha.1', '1.2.3-rc.1+build.5', '10.20.30', '1.0.0-0a'])('has a version like %s', async (version) => {
    expect(await problemsOf({ ...VALID, version })).toEqual([])
  })

  test('may begin with a byte order mark', async () => {
    expect(await parseManifestText(new TextEncoder().encode(`\uFEFF${JSON.stringify(VALID)}`))).toMatchObject({ id: VALID.id })
  })
})

const BAD: readonly (readonly [name: string, input: unknown, place: string])[] = [
  ['nothing', undefined, '$'],
  ['null', null, '$'],
  ['a string', 'x', '$'],
  ['a number', 1, '$'],
  ['an array', [], '$.id'],
  ...Object.keys(VALID)
    .filter((key) => !['description', 'lifetime', 'permissions', 'optionalPermissions', 'limits'].includes(key))
    .map((key) => [`no ${key}`, without(key), `$.${key}`] as const),
  ['an unknown key', { ...VALID, main: 'main.js' }, '$.main'],
  ['an unknown key that objects inherit', { ...VALID, toString: 1 }, '$.toString'],
  ['an own __proto__', JSON.parse(`{"__proto__":{"id":"x"},${JSON.stringify(VALID).slice(1)}`), '$.__proto__'],
  ['an own constructor', { ...VALID, constructor: 1 }, '$.constructor'],
  ['a nested __proto__', { ...VALID, limits: JSON.parse('{"__proto__":{"callMs":1}}') }, '$.limits.__proto__'],
  ['an odd unknown key', { ...VALID, 'a.b"]': 1 }, '$["a.b\\"]"]'],
  ['an id without dot', { ...VALID, id: 'constructor' }, '$.id'],
  ['an upper-case id', { ...VALID, id: 'Com.acme' }, '$.id'],
  ['an id with a newline', { ...VALID, id: 'com.acme\nlocal' }, '$.id'],
  ['a long id', { ...VALID, id: `a.${'b'.repeat(127)}` }, '$.id'],
  ['an id with an empty part', { ...VALID, id: 'com..acme' }, '$.id'],
  ['an id with underscores', { ...VALID, id: 'com.__proto__' }, '$.id'],
  ['an empty name', { ...VALID, name: ' ' }, '$.name'],
  ['a long name', { ...VALID, name: 'x'.repeat(81) }, '$.name'],
  ['a name with a control character', { ...VALID, name: 'a\u0007b' }, '$.name'],
  ['a name with a lone surrogate', { ...VALID, name: 'a\ud800' }, '$.name'],
  ...['1', '1.2', 'v1.2.3', '01.2.3', '1.2.3-', '1.2.3-01', '1.2.3+', ' 1.2.3', '1.2.3\n', 'latest', ''].map(
    (version) => [`version ${JSON.stringify(version)}`, { ...VALID, version }, '$.version'] as const,
  ),
  ['another lane', { ...VALID, lane: 'python' }, '$.lane'],
  ['a core module without its ABI', { ...VALID, lane: 'core' }, '$.core'],
  ['another ABI', { ...VALID, lane: 'core', core: { abi: 'wasi-2' } }, '$.core.abi'],
  ['half a page', { ...VALID, lane: 'core', core: { abi: 'json', memoryPages: 1.5 } }, '$.core.memoryPages'],
  ['an ABI for a component', { ...VALID, lane: 'component', core: { abi: 'wasi' } }, '$.core'],
  ['a configuration for a script', { ...VALID, config: { a: 'b' } }, '$.config'],
  ['a configuration of numbers', { ...VALID, lane: 'component', config: { a: 1 } }, '$.config.a'],
  ['a path with dots', { ...VALID, permissions: [{ name: 'http:read', scope: { origins: ['https://a.test'], paths: ['/a/../b'] } }] }, '$.permissions[0].scope.paths[0]'],
  ['a path without its slash', { ...VALID, permissions: [{ name: 'http:read', scope: { origins: ['https://a.test'], paths: ['v1'] } }] }, '$.permissions[0].scope.paths[0]'],
  ['a method of its own', { ...VALID, permissions: [{ name: 'http:read', scope: { origins: ['https://a.test'], methods: ['TRACE'] } }] }, '$.permissions[0].scope.methods[0]'],
  ['a secret with a space', { ...VALID, permissions: [{ name: 'vault:use', scope: { secrets: ['a b'] } }] }, '$.permissions[0].scope.secrets[0]'],
  ['an event of nobody', { ...VALID, permissions: [{ name: 'event:listen', scope: { events: ['changed'] } }] }, '$.permissions[0].scope.events[0]'],
  ['an event of somebody who is no id', { ...VALID, permissions: [{ name: 'event:listen', scope: { events: ['Weather/changed'] } }] }, '$.permissions[0].scope.events[0]'],
  ['a schema of its own', { ...VALID, schema: { type: 'string', pattern: '^(a+)+$' } }, '$.schema'],
  ['an event with a schema of its own', { ...VALID, permissions: [{ name: 'event:emit', scope: { events: ['com.acme.weather/a'], schema: { pattern: '^(a+)+$' } } }] }, '$.permissions[0].scope.schema'],
  ['a pattern of its own for keys', { ...VALID, permissions: [{ name: 'storage:read', scope: { prefixes: [''], pattern: '^(a+)+$' } }] }, '$.permissions[0].scope.pattern'],
  ['an export with a schema of its own', { ...VALID, provides: [{ export: 'a', schema: { pattern: '^(a+)+$' } }] }, '$.provides[0].schema'],
  ['a clipboard with a scope', { ...VALID, permissions: [{ name: 'clipboard:read', scope: { all: true } }] }, '$.permissions[0].scope.all'],
  ['a device without a vendor', { ...VALID, permissions: [{ name: 'serial:open', scope: { filters: [{ productId: 1 }] } }] }, '$.permissions[0].scope.filters[0].vendorId'],
  ['no files at all', { ...VALID, permissions: [{ name: 'file:read', scope: {} }] }, '$.permissions[0].scope'],
  ['another lifetime', { ...VALID, lifetime: 'forever' }, '$.lifetime'],
  ['an entry that is not listed', { ...VALID, entry: 'other.js' }, '$.entry'],
  ['an entry that climbs', { ...VALID, entry: '../main.js' }, '$.entry'],
  ['no files', { ...VALID, files: [] }, '$.files'],
  ['files that are an object', { ...VALID, files: {} }, '$.files'],
  ['too many files', { ...VALID, files: ['main.js', ...Array.from({ length: 1999 }, (_, index) => `${index}.js`)] }, '$.files'],
  ['a number for a file', files(1), '$.files[1]'],
  ['null for a file', files(null), '$.files[1]'],
  ['a file without path', files({}), '$.files[1].path'],
  ['a negative size', files({ path: 'a', size: -1 }), '$.files[1].size'],
  ['a size of text', files({ path: 'a', size: '1' }), '$.files[1].size'],
  ['a bad digest', files({ path: 'a', digest: 'sha256:00' }), '$.files[1].digest'],
  ['an unknown file key', files({ path: 'a', url: 'x' }), '$.files[1].url'],
  ['a file twice', files('main.js'), '$.files[1]'],
  ['files that differ by case', files('MAIN.js'), '$.files[1]'],
  ['a file that is a folder', files('main.js/a'), '$.files[1]'],
  ['the manifest as a file', files('GLOVEBOX.json'), '$.files[1]'],
  ['an unknown permission', permission({ name: 'http:*' }), '$.permissions[0].name'],
  ['no scope', permission({ scope: undefined }), '$.permissions[0].scope'],
  ['a key of another scope', permission({ scope: { origins: ['https://a.example'], prefixes: [''] } }), '$.permissions[0].scope.prefixes'],
  ['an empty scope', permission({ scope: {} }), '$.permissions[0].scope.origins'],
  ['an unknown scope key', permission({ scope: { origins: ['https://a.example'], paths: [] } }), '$.permissions[0].scope.paths'],
  ['an unknown permission key', permission({ optional: true }), '$.permissions[0].optional'],
  ['a reason of 10 KB', permission({ reason: 'x'.repeat(10_000) }), '$.permissions[0].reason'],
  ['a reason with a control character', permission({ reason: 'a\u001b[2J' }), '$.permissions[0].reason'],
  ['redirects as text', permission({ scope: { origins: ['https://a.example'], redirects: 'yes' } }), '$.permissions[0].scope.redirects'],
  ['a permission twice', { ...VALID, permissions: [VALID.permissions[0], VALID.permissions[0]] }, '$.permissions[1].name'],
  ['a permission required and optional', { ...VALID, optionalPermissions: VALID.permissions }, '$.optionalPermissions[0].name'],
  ['no origins', origins(), '$.permissions[0].scope.origins'],
  ['an origin twice', origins('https://a.example', 'https://a.example'), '$.permissions[0].scope.origins[1]'],
  ...[
    'https://a.example/',
    'https://a.example/path',
    'https://user@a.example',
    'https://A.example',
    'https://a.example.',
    'https://a.example:443',
    'a.example',
    '*',
    'https://*',
    'ftp://a.example',
    'data:,x',
    'file:///a',
    'null',
    'https://b\u00fccher.example',
    'https://127.1',
    'https://a.example?x',
    'https://a.example#',
    ' https://a.example',
    'https://a.example\\@b.example',
    'blob:https://a.example/1',
    5,
    null,
  ].map((origin) => [`origin ${JSON.stringify(origin)}`, origins('https://ok.example', origin), '$.permissions[0].scope.origins[1]'] as const),
  [
    'a number as prefix',
    { ...VALID, optionalPermissions: [{ name: 'storage:read', scope: { prefixes: [1] } }] },
    '$.optionalPermissions[0].scope.prefixes[0]',
  ],
  [
    'a long prefix',
    { ...VALID, optionalPermissions: [{ name: 'storage:read', scope: { prefixes: ['x'.repeat(257)] } }] },
    '$.optionalPermissions[0].scope.prefixes[0]',
  ],
  ['an unknown limit', { ...VALID, limits: { memoryMb: 64 } }, '$.limits.memoryMb'],
  ...Object.entries(LIMIT_RANGE).flatMap(([name, [min, max]]) =>
    [min - 1, max + 1, min + 0.5, String(min), null].map(
      (value) => [`limit ${name} of ${JSON.stringify(value)}`, { ...VALID, limits: { [name]: value } }, `$.limits.${name}`] as const,
    ),
  ),
  [
    'a directory that is written and not read',
    { ...VALID, permissions: [kept('file:write', '/data')], optionalPermissions: [kept('file:read', '/logs')] },
    '$.permissions[0].scope.directories[0]',
  ],
  ['an infinite limit', JSON.parse(JSON.stringify(VALID).replace('"memoryMib":64', '"memoryMib":1e999')), '$.limits.memoryMib'],
]

test('a directory may be written that one may read, required or not, and a file saved without reading any', async () => {
  const both = { ...VALID, permissions: [kept('file:write', '/data')], optionalPermissions: [kept('file:read', '/data', '/logs')] }
  const saved = { ...VALID, permissions: [{ name: 'file:write', scope: { picked: true } }] }

  expect([await problemsOf(both), await problemsOf(saved)]).toEqual([[], []])
})

describe('a bad manifest is refused at the place of its problem', () => {
  test.each(BAD)('%s', async (_name, input, place) => {
    const problems = await problemsOf(input)

    expect(problems.map((problem) => problem.slice(0, problem.indexOf(': ')))).toContain(place)
    // One problem, one line; an array has no key at all, so it misses them all.
    if (!Array.isArray(input)) expect(problems).toHaveLength(1)
  })

  test('with every problem at once, relations and shapes alike', async () => {
    const problems = await problemsOf({
      ...VALID,
      id: 'X',
      version: '1',
      entry: 'no.js',
      extra: 1,
      more: 2,
      limits: { callMs: 0, timers: -1 },
      files: ['main.js', '/etc/passwd', 'a', 'A'],
      permissions: [...VALID.permissions, { name: 'http:read', scope: { origins: ['x', 'y'] } }],
    })

    expect(problems.map((problem) => problem.slice(0, problem.indexOf(': '))).sort()).toEqual([
      '$.entry',
      '$.extra',
      '$.files[1]',
      '$.files[3]',
      '$.id',
      '$.limits.callMs',
      '$.limits.timers',
      '$.more',
      '$.permissions[1].name',
      '$.permissions[1].scope.origins[0]',
      '$.permissions[1].scope.origins[1]',
      '$.version',
    ])
  })

  test('with a bounded answer to unbounded nonsense', async () => {
    expect(
      (await problemsOf({ ...VALID, ...Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`k${index}`, 1])) })).length,
    ).toBeLessThanOrEqual(201)
  })

  test.each([
    ['HTML of a single-page fallback', new TextEncoder().encode('\n<!doctype html><title>App</title>')],
    ['a cut text', new TextEncoder().encode('{"id":')],
    ['bytes that are not UTF-8', Uint8Array.of(0x7b, 0xff, 0x7d)],
    ['nothing', new Uint8Array()],
    ['deep nesting', new TextEncoder().encode('[1,'.repeat(1000) + '0' + ']'.repeat(1000))],
  ])('when its text is %s', async (_name, bytes) => {
    await expect(parseManifestText(bytes)).rejects.toMatchObject({ code: 'manifest-invalid' })
  })

  test.each([
    [
      'a cycle',
      (() => {
        const cycle: { self?: unknown } = {}
        cycle.self = cycle
        return cycle
      })(),
    ],
    ['a bigint', { id: 1n }],
    ['a function', () => 1],
  ])('when it is %s', async (_name, input) => {
    expect(await problemsOf(input)).toHaveLength(1)
  })
})
