import { describe, expect, it } from 'vitest'
import { prefixRange } from '../../../src/cache/database.ts'

describe('prefixRange', () => {
  it.each([
    ['every key of the group', '', undefined, { from: '', isOpen: false, to: undefined }],
    ['keys under a prefix', 'ab', undefined, { from: 'ab', isOpen: false, to: 'ac' }],
    ['a prefix that ends at the last code unit', 'a\uffff\uffff', undefined, { from: 'a\uffff\uffff', isOpen: false, to: 'b' }],
    ['a prefix of last code units only', '\uffff\uffff', undefined, { from: '\uffff\uffff', isOpen: false, to: undefined }],
    ['a lone surrogate', '\udbff', undefined, { from: '\udbff', isOpen: false, to: '\udc00' }],
    ['after a key under the prefix', 'a', 'ab', { from: 'ab', isOpen: true, to: 'b' }],
    ['after the prefix itself', 'a', 'a', { from: 'a', isOpen: true, to: 'b' }],
    ['a cursor before the prefix', 'b', 'a', { from: 'b', isOpen: false, to: 'c' }],
  ])('covers %s', (_, prefix, after, expected) => {
    expect(prefixRange('g', prefix, after)).toEqual({ group: 'g', ...expected })
  })

  it.each([['b'], ['c'], ['\uffff']])('is empty for the cursor %s beyond the prefix', (after) => {
    expect(prefixRange('g', 'a', after)).toBeUndefined()
  })
})
