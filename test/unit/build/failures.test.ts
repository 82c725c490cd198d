import { join } from 'node:path'
import { expect, test } from 'vitest'
import { describeFailures, MAX_FAILURES_TOLD } from '../../../src/build/failures.mjs'
import type { Outcome } from '../../../src/build/flaky.mjs'
import { ROOT } from '../../../src/build/run.mjs'

const FILE = join(ROOT, 'test/unit/a.test.ts')

function outcome(testResults: Outcome['report']['testResults'], unhandled: Outcome['unhandled'] = []): Outcome {
  return { report: { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults }, unhandled }
}

test('names each test that failed, with why on the same line', () => {
  const assertionResults = [{ fullName: 'x', status: 'passed' }, { fullName: 'y', status: 'failed', failureMessages: ['AssertionError:\n  expected 1 to be 2', 'later'] }]

  expect(describeFailures(outcome([{ name: FILE, status: 'failed', assertionResults }]))).toEqual(['failed: test/unit/a.test.ts > y: AssertionError: expected 1 to be 2'])
})

test('names a file that broke before its tests, and errors nobody handled', () => {
  const broken = outcome([{ name: FILE, status: 'failed', message: 'no such module', assertionResults: [] }], [{ file: undefined, message: 'lost' }])

  expect(describeFailures(broken)).toEqual(['failed: test/unit/a.test.ts > the file itself: no such module', 'failed: an error nobody handled: lost'])
})

test('is short where much failed', () => {
  const assertionResults = Array.from({ length: MAX_FAILURES_TOLD + 3 }, (_, index) => ({ fullName: `t${index}`, status: 'failed', failureMessages: ['x'.repeat(10_000)] }))
  const lines = describeFailures(outcome([{ name: FILE, status: 'failed', assertionResults }]))

  expect(lines).toHaveLength(MAX_FAILURES_TOLD + 1)
  expect(lines.at(-1)).toBe('failed: 3 more')
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(500)
})
