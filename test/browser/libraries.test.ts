/** Real npm libraries, unmodified, each at a real task: the result in an extension is Node's, to the last character. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import libraries from 'virtual:glovebox-libraries'
import type { Glovebox } from 'glovebox'
import { createGlovebox } from 'glovebox'
import { keepFrames, pkg, uniqueName } from './box-harness.ts'

let box: Glovebox
beforeAll(async () => {
  keepFrames()
  box = await createGlovebox({ trust: { kind: 'development' }, store: 'memory', name: uniqueName() })
})
afterAll(() => box.dispose())

test('there are ten libraries at least', () => {
  expect(libraries.length).toBeGreaterThanOrEqual(10)
})

test.each(libraries.map(({ name, code, expected }) => [name, code, expected] as const))('%s gives the result that it gives in Node', async (name, code, expected) => {
  const extension = await box.install(pkg(code, { id: `com.example.${name}` }))

  const result = await extension.call('run')
  await extension.stop()

  // A long text's difference says nothing in a log: its place does.
  expect(firstDifference(String(result), expected)).toBe('none')
})

function firstDifference(got: string, expected: string): string {
  if (got === expected) return 'none'
  const at = [...got].findIndex((character, index) => character !== expected[index])
  const from = Math.max(0, (at < 0 ? Math.min(got.length, expected.length) : at) - 20)
  return `at ${from}: ${JSON.stringify(got.slice(from, from + 120))} instead of ${JSON.stringify(expected.slice(from, from + 120))}`
}
