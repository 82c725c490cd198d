import { describe, expect, test } from 'vitest'
import { PERMISSION_NAMES, type Scope } from '../../../src/manifest/permission.ts'
import { RISK_LEVELS, riskOf } from '../../../src/ui/risk.ts'
import { scopeRows } from '../../../src/ui/scope-rows.ts'
import { CONSENT_WORDS } from '../../../src/ui/words.ts'

const shown = (name: string, scope: Scope): Record<string, string[]> =>
  Object.fromEntries(scopeRows(name, scope, CONSENT_WORDS).map(({ label, values }) => [label, values.map(({ text }) => text)]))

describe('a scope is shown whole', () => {
  test.each<[string, Scope, Record<string, string[]>]>([
    ['http:read', { origins: ['https://a.example'], redirects: false }, { origins: ['https://a.example'], paths: ['all of the website'], methods: ['GET', 'HEAD'] }],
    ['http:write', { origins: ['https://a.example', 'https://b.example'], redirects: true, paths: ['/v1'], methods: ['POST'] },
      { origins: ['https://a.example', 'https://b.example'], paths: ['/v1'], methods: ['POST'], redirects: ['followed: what it sends can reach any website then'] }],
    ['storage:write', { prefixes: ['', 'read/'] }, { prefixes: ['every key of its own', 'read/*'] }],
    ['file:read', { directories: ['/data'], picked: true }, { directories: ['/data'], picked: ['each one that you pick'] }],
    ['vault:use', { secrets: ['token'] }, { secrets: ['token'] }],
    ['event:emit', { events: ['com.acme.a/changed'] }, { events: ['com.acme.a/changed'] }],
    ['data:write', { collections: ['notes'] }, { collections: ['notes'] }],
    ['extension:call', { extensions: ['com.acme.b'] }, { extensions: ['com.acme.b'] }],
    ['host:call', { capabilities: ['notes.read'] }, { capabilities: ['notes.read'] }],
    ['serial:open', {}, { filters: ['every device that you choose'] }],
    ['serial:open', { filters: [{ vendorId: 0x2341, productId: 1 }, { vendorId: 1 }] }, { filters: ['USB 2341:0001', 'USB 0001:*'] }],
    ['clipboard:read', {}, {}],
  ])('%s', (name, scope, expected) => {
    expect(shown(name, scope)).toEqual(expected)
  })

  test('a part that this version does not know is shown as it is', () => {
    const scope: object = { events: ['host/a'], tomorrow: ['x\u202e'] }

    expect(shown('event:emit', scope as Scope)).toEqual({ events: ['host/a'], other: ['tomorrow: ["x\\u202e"]'] })
  })
})

describe('the risk of', () => {
  test.each(PERMISSION_NAMES)('%s has words', (name) => {
    const { level, title, why } = riskOf(name, {})

    expect(RISK_LEVELS).toContain(level)
    expect(Math.min(title.length, why.length)).toBeGreaterThan(8)
    expect(title).not.toMatch(/words for/)
  })

  test.each(['tomorrow:do', '__proto__', 'constructor', 'toString'])('an unknown name is high: %s', (name) => {
    expect(riskOf(name, {}).level).toBe('high')
  })

  test('files that the user picks is more than that of its own', () => {
    expect([riskOf('file:write', { directories: ['/data'] }).level, riskOf('file:write', { directories: [], picked: true }).level]).toEqual(['low', 'high'])
  })
})

test('the elements can be imported where there is no document', async () => {
  const { GloveboxConsent, consentDialog } = await import('../../../src/ui/index.ts')

  expect([typeof GloveboxConsent, typeof consentDialog()]).toEqual(['function', 'function'])
})
