import { describe, expect, test } from 'vitest'
import { canonicalJson } from '../../../src/package/canonical.ts'

describe('canonical JSON', () => {
  test.each<readonly [name: string, value: unknown, text: string]>([
    [
      'sorts keys by code unit, at every depth',
      { b: 1, a: { d: 2, c: 3 }, A: 0, '\u00e9': 4, aa: 5 },
      '{"A":0,"a":{"c":3,"d":2},"aa":5,"b":1,"\u00e9":4}',
    ],
    // RFC 8785, section 3.2.3: order of UTF-16 code units, not of code points.
    [
      'sorts as RFC 8785 does',
      { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\u{1f600}': 5, '\u0080': 6, '\u00f6': 7 },
      '{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\u{1f600}":5,"\ufb33":3}',
    ],
    ['keeps the order of arrays', [3, 1, 2], '[3,1,2]'],
    ['escapes as little as JSON allows', '\u20ac$\u000f\nA\'B"\\/', '"\u20ac$\\u000f\\nA\'B\\"\\\\/"'],
    ['writes numbers as ECMAScript does', [333333333.33333329, 1e30, 4.5, 2e-3, 1e-27, -0], '[333333333.3333333,1e+30,4.5,0.002,1e-27,0]'],
    ['writes literals', [null, true, false], '[null,true,false]'],
  ])('%s', (_name, value, text) => {
    expect(canonicalJson(value)).toBe(text)
  })

  test.each([[undefined], [NaN], [Infinity], [1n], [() => 1], ['\ud800'], [{ a: undefined }], [{ '\udc00': 1 }]])('refuses %s', (value) => {
    expect(() => canonicalJson(value)).toThrow(TypeError)
  })
})
