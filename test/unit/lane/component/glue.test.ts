import { describe, expect, test } from 'vitest'
import { checkGlue, makeGlue } from '../../../../src/lane/component/glue.ts'

const unsafe = expect.objectContaining({ code: 'unsafe-glue' })

/** As the transpiler writes it, around what a hostile name would bring in. */
const around = (inner: string): string => `"use components";
export function instantiate(getCoreModule, imports) {
  // a comment
  if (!getCoreModule) getCoreModule = (name) => fetchCompile(new URL(\`./\${name}\`, import.meta.url));
  _debugLog('x', { a: 1 });
  return '${inner}';
};

export const _util = {

}
`

test('becomes one statement, without comments, debugging and module syntax', () => {
  const glue = makeGlue(around('x'))

  expect(glue).toMatch(/^gloveboxGlue\(function \(realm\) \{\s*"use strict";/)
  expect(glue).toMatch(/return instantiate\}\)$/)
  expect(glue).not.toMatch(/comment|_debugLog|import\.meta|export|_util/)
})

describe('is refused when it', () => {
  test.each([
    ['leaves the wrapper', "'}})\nglobalThis.x = 1\n;(function () {{'"],
    ['leaves the function to be a second statement', "'}; return 1 }); steal(function () { function f() { '"],
    ['imports', "' + import('data:text/javascript,1') + '"],
    ['knows where it is', "' + import.meta.url + '"],
    ['has a module of its own', "'}; import 'x'; {'"],
    ['opens an HTML comment', '<!--'],
    ['closes one', '\\n-->'],
    ['is no JavaScript', "' +"],
    ['uses with', "'; with (x) {}; '"],
    ['nests too deep to be parsed', `' + ${'['.repeat(100_000)} + '`],
  ])('%s', (_what, inner) => {
    expect(() => makeGlue(around(inner))).toThrow(unsafe)
  })

  test.each([
    ['is another call', 'other(function () {})'],
    ['is an arrow', 'gloveboxGlue(() => {})'],
    ['brings two arguments', 'gloveboxGlue(function () {}, steal())'],
    ['is a declaration', 'const x = 1'],
    ['is empty', ''],
    ['has a directive before it', '"x"\ngloveboxGlue(function () {})'],
  ])('%s', (_what, glue) => {
    expect(() => checkGlue(glue)).toThrow(unsafe)
  })
})

test('too much code is refused by size', () => {
  expect(() => makeGlue(around('x'.repeat(17 * 2 ** 20)))).toThrow(expect.objectContaining({ name: 'LaneError', code: 'glue-too-large' }))
  expect(() => makeGlue(around('x'.repeat(9 * 2 ** 20)))).toThrow(expect.objectContaining({ name: 'LaneError', code: 'glue-too-large' }))
})
