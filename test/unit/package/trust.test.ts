import { describe, expect, test } from 'vitest'
import { parseDigest } from '../../../src/manifest/digest.ts'
import { decideTrust, parseTrust } from '../../../src/package/trust.ts'

const KNOWN = parseDigest(`sha256:${'a'.repeat(64)}`)
const OTHER = parseDigest(`sha256:${'b'.repeat(64)}`)

describe('a trust policy', () => {
  test.each([[{ kind: 'development' }], [{ kind: 'digests', allow: [] }], [{ kind: 'digests', allow: [KNOWN, OTHER] }]])(
    'is read from %j',
    (input) => {
      expect(parseTrust(input)).toEqual(input)
      expect(Object.isFrozen(parseTrust(input))).toBe(true)
    },
  )

  test('does not follow later changes of the list it was made from', () => {
    const allow = [KNOWN]
    const policy = parseTrust({ kind: 'digests', allow })

    allow.push(OTHER)

    expect(() => decideTrust(policy, OTHER)).toThrow()
  })

  test.each<readonly [name: string, input: unknown]>([
    ['is missing', undefined],
    ['is null', null],
    ['is a string', 'development'],
    ['is empty', {}],
    ['has an unknown kind', { kind: 'signers' }],
    ['has no list', { kind: 'digests' }],
    ['has a text for a list', { kind: 'digests', allow: KNOWN }],
    ['has a bad digest', { kind: 'digests', allow: ['sha256:1'] }],
    ['has an upper-case digest', { kind: 'digests', allow: [KNOWN.toUpperCase()] }],
    ['has a hole', { kind: 'digests', allow: Array(1) }],
    ['has a list that it would not read', { kind: 'development', allow: [KNOWN] }],
    ['has an unknown key', { kind: 'digests', allow: [], signers: [] }],
  ])('is refused with a TypeError when it %s', (_name, input) => {
    expect(() => parseTrust(input)).toThrow(TypeError)
  })

  test.each([['development', /got the text "development"/], [{ kind: 'signers' }, /got kind "signers"/], [undefined, /got none/]])('is told what it got: %j', (input, message) => {
    expect(() => parseTrust(input)).toThrow(message)
  })
})

describe('a package', () => {
  test.each<readonly [string, unknown]>([
    ['by its digest', { kind: 'digests', allow: [OTHER, KNOWN] }],
    ['while developing', { kind: 'development' }],
  ])('is let in %s', (_name, policy) => {
    expect(() => decideTrust(parseTrust(policy), KNOWN)).not.toThrow()
  })

  test.each<readonly [string, unknown]>([
    ['is not listed', { kind: 'digests', allow: [OTHER] }],
    ['meets an empty list', { kind: 'digests', allow: [] }],
  ])('that %s is refused', (_name, policy) => {
    expect(() => decideTrust(parseTrust(policy), KNOWN)).toThrow(
      expect.objectContaining({ name: 'PolicyError', code: 'untrusted-digest', details: { digest: KNOWN } }),
    )
  })
})
