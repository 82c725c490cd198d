import { describe, expect, it } from 'vitest'
import { DEFAULT_LIMITS } from '../../../src/manifest/limits.ts'
import { capLimits, parsePolicy, parseTriedPolicy } from '../../../src/manifest/policy-schema.ts'

const HTTP = { name: 'http:read', scope: { origins: ['https://a.test'] } }

describe('a policy', () => {
  it('is a fresh frozen value with its defaults filled in', () => {
    const input = { rules: [{ effect: 'cap', permissions: [HTTP] }, { effect: 'forbid', permissions: 'all', extensions: ['com.a.b'] }], limits: { callMs: 5 } }
    const policy = parsePolicy('policy', input)

    expect(policy).toEqual({
      rules: [
        { effect: 'cap', permissions: [{ name: 'http:read', scope: { origins: ['https://a.test'], redirects: false } }] },
        { effect: 'forbid', permissions: 'all', extensions: ['com.a.b'] },
      ],
      limits: { callMs: 5 },
    })
    expect([policy, policy.rules, policy.rules?.[0]].every(Object.isFrozen)).toBe(true)
    expect(parsePolicy('policy', {})).toEqual({ rules: [] })
  })

  it.each<[string, unknown, RegExp]>([
    ['null', null, /^policy: expected an object/],
    ['an unknown key', { rule: [] }, /^policy\.rule: unknown key/],
    ['an unknown effect', { rules: [{ effect: 'deny', permissions: 'all' }] }, /^policy\.rules\[0\]\.effect: expected a rule with the effect/],
    ['an unknown permission', { rules: [{ effect: 'forbid', permissions: ['http'] }] }, /^policy\.rules\[0\]\.permissions\[0\]: expected a permission/],
    ['all but for forbidding', { rules: [{ effect: 'cap', permissions: 'all' }] }, /^policy\.rules\[0\]\.permissions: expected an array/],
    ['a misspelt scope', { rules: [{ effect: 'cap', permissions: [{ ...HTTP, scope: { origins: ['https://a.test'], path: ['/'] } }] }] }, /scope\.path: unknown key/],
    ['a wildcard', { rules: [{ effect: 'cap', permissions: [{ ...HTTP, scope: { origins: ['https://*.a.test'] } }] }] }, /origins\[0\]: expected an origin/],
    ['a misspelt whom', { rules: [{ effect: 'forbid', permissions: 'all', extension: ['com.a.b'] }] }, /extension: unknown key/],
    ['a pre-grant by id alone', { rules: [{ effect: 'grant', permissions: [HTTP], extensions: ['com.a.b'] }] }, /^policy\.rules\[0\]\.origins/],
    ['an origin without its slash', { rules: [{ effect: 'grant', permissions: [HTTP], origins: ['https://a.test'] }] }, /origins\[0\]: expected where/],
    ['two scopes of one permission in a cap', { rules: [{ effect: 'cap', permissions: [HTTP, HTTP] }] }, /^policy\.rules\[0\]\.permissions: expected each permission once in a cap, got "http:read" twice/],
    ['a limit out of range', { limits: { memoryMib: 1 } }, /^policy\.limits\.memoryMib: expected/],
    ['an unknown limit', { limits: { memory: 64 } }, /^policy\.limits\.memory: unknown key/],
    ['a prototype key', JSON.parse('{"__proto__": {"rules": []}}'), /^policy\.__proto__: unknown key/],
    ['a prototype key further in', { rules: [{ effect: 'forbid', permissions: 'all', constructor: 1 }] }, /^policy\.rules\[0\]\.constructor: unknown key/],
    ['a misspelt newCode', { newCode: 'never' }, /^policy\.newCode: expected/],
  ])('with %s is refused', (_, input, message) => {
    expect(() => parsePolicy('policy', input)).toThrow(message)
    expect(() => parsePolicy('policy', input)).toThrow(TypeError)
  })

  it('may grant several scopes of one permission, and cap one in several rules', () => {
    const rules = [{ effect: 'grant', permissions: [HTTP, HTTP], origins: ['local'] }, { effect: 'cap', permissions: [HTTP] }, { effect: 'cap', permissions: [HTTP] }]

    expect(parsePolicy('policy', { rules }).rules).toHaveLength(3)
  })

  it('that is only tried has rules alone', () => {
    expect(parseTriedPolicy('reportOnly', { rules: [] })).toEqual({ rules: [] })
    expect(() => parseTriedPolicy('reportOnly', { limits: { callMs: 5 } })).toThrow(/^reportOnly\.limits: expected "rules" alone/)
    expect(() => parseTriedPolicy('reportOnly', { newCode: 'ask' })).toThrow(TypeError)
  })

  it('caps limits and raises none', () => {
    expect(capLimits({ callMs: 60_000, memoryMib: 64 }, { callMs: 40_000, memoryMib: 512, httpConcurrent: 1000 })).toEqual({
      callMs: 40_000, memoryMib: 64, httpConcurrent: DEFAULT_LIMITS.httpConcurrent,
    })
  })
})
