import { expect, test } from 'vitest'
import { urlPatternDelegate } from '../../../../src/guest/script/delegate/url-pattern.ts'
import type { DelegateContext } from '../../../../src/guest/script/bridge.ts'
import { call, load } from '../script/harness.ts'

const hasOwn = 'URLPattern' in globalThis

test.skipIf(hasOwn)('is no global where the worker has none', async () => {
  const { vm } = await load('export const run = () => [typeof URLPattern, "URLPattern" in globalThis]')

  expect(await call(vm, 'run')).toEqual(['undefined', false])
})

test.each([
  ['nothing', []], ['a number', [1]], ['no JSON', ['{']], ['a list of lists', ['[[1]]']], ['null', ['null']], ['bytes', [new ArrayBuffer(1)]],
])('a delegate that gets %s throws and goes on', (_name, args) => {
  for (const op of urlPatternDelegate.values()) expect(() => op(args, {} as DelegateContext)).toThrow(Error)
})
