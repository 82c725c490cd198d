import { describe, expect, it } from 'vitest'
import type { Permission } from '../../../src/manifest/permission.ts'
import { parseDecisions } from '../../../src/permission/decision.ts'

const ASKED: Permission = { name: 'http:read', scope: { origins: ['https://a.test', 'https://b.test'], redirects: false }, reason: '' }
const A = { origins: ['https://a.test'], redirects: false }
const NOW = 1_000
const LATER = new Date(2_000)

describe('an answer', () => {
  it('is copied into decisions of our own', () => {
    const answer = ['deny', { decision: 'always', scope: A }, { decision: 'until', until: LATER }]
    const decisions = parseDecisions(answer, [ASKED, ASKED, ASKED], NOW)

    expect(decisions).toEqual([
      { word: 'deny', scope: undefined, expiresAt: undefined },
      { word: 'always', scope: A, expiresAt: undefined },
      { word: 'until', scope: undefined, expiresAt: 2_000 },
    ])
    expect(decisions?.[1]?.scope).not.toBe(A)
  })

  it.each<[string, unknown]>([
    ['a word of its own', 'granted'],
    ['a boxed word', Object('always')],
    ['until without a date', { decision: 'until' }],
    ['until a number', { decision: 'until', until: 2_000 }],
    ['until a text', { decision: 'until', until: '2030-01-01' }],
    ['until no time', { decision: 'until', until: new Date(Number.NaN) }],
    ['until what only looks like a date', { decision: 'until', until: { getTime: () => 2_000 } }],
    ['until now', { decision: 'until', until: new Date(NOW) }],
    ['until the past', { decision: 'until', until: new Date(NOW - 1) }],
    ['a date without until', { decision: 'always', until: LATER }],
    ['an unknown key', { decision: 'always', scop: A }],
    ['a denial with a scope', { decision: 'deny', scope: A }],
    ['a scope wider than was asked', { decision: 'always', scope: { ...A, origins: ['https://a.test', 'https://c.test'] } }],
    ['a scope with redirects', { decision: 'always', scope: { ...A, redirects: true } }],
    ['a scope with a misspelt key', { decision: 'always', scope: { ...A, path: ['/v1'] } }],
    ['a scope of another kind', { decision: 'always', scope: { prefixes: ['a'] } }],
    ['a scope that is null', { decision: 'always', scope: null }],
    ['a list', ['always']],
    ['a promise', Promise.resolve('always')],
    ['null', null],
  ])('is none at all: %s', (_, decision) => {
    expect(parseDecisions([decision], [ASKED], NOW)).toBeUndefined()
  })

  it.each<[string, unknown]>([['too short', []], ['too long', ['deny', 'deny']], ['like a list', { length: 1, 0: 'always' }], ['a word', 'always']])('is none when it is %s', (_, answer) => {
    expect(parseDecisions(answer, [ASKED], NOW)).toBeUndefined()
  })

  it.each<[Permission['name'], object, object]>([
    ['http:read', A, { ...A, origins: [] }],
    ['http:read', A, { ...A, paths: [] }],
    ['storage:read', { prefixes: ['a/'] }, { prefixes: [] }],
    ['file:read', { directories: ['/a'], picked: true }, { directories: [] }],
    ['vault:read', { secrets: ['a'] }, { secrets: [] }],
    ['serial:open', { filters: [{ vendorId: 1 }] }, { filters: [] }],
    ['serial:open', {}, { filters: [] }],
  ])('is none when it grants nothing of %s %j: %j', (name, asked, scope) => {
    expect(parseDecisions([{ decision: 'always', scope }], [{ name, scope: asked, reason: '' } as Permission], NOW)).toBeUndefined()
  })

  it('may narrow devices, but not misspell one', () => {
    const device: Permission = { name: 'serial:open', scope: {}, reason: '' }
    const say = (filter: object) => parseDecisions([{ decision: 'session', scope: { filters: [filter] } }], [device], NOW)

    expect(say({ vendorId: 1, productId: 2 })?.[0]?.scope).toEqual({ filters: [{ vendorId: 1, productId: 2 }] })
    expect(say({ vendorId: 1, productid: 2 })).toBeUndefined()
  })
})
