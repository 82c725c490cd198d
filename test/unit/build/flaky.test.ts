import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { filesToRepeat, MAX_FILES_AGAIN, mergeRuns, type Outcome, type Report } from '../../../src/build/flaky.mjs'
import { ROOT } from '../../../src/build/run.mjs'

type Tests = Readonly<Record<string, 'passed' | 'failed' | 'skipped'>>

const FILE = join(ROOT, 'test/unit/a.test.ts')

function outcome(files: Readonly<Record<string, Tests>>, { broken = [], errors = [] }: { readonly broken?: readonly string[]; readonly errors?: readonly (string | undefined)[] } = {}): Outcome {
  const testResults = Object.entries(files).map(([name, tests]) => ({
    name,
    status: broken.includes(name) || Object.values(tests).includes('failed') ? 'failed' : 'passed',
    assertionResults: Object.entries(tests).map(([fullName, status]) => ({ fullName, status })),
  }))
  const report: Report = { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults }
  return { report, unhandled: errors.map((file) => ({ file, message: 'lost' })) }
}

describe('the files to run again', () => {
  test('are those that failed, and those that errors nobody handled came from', () => {
    expect(filesToRepeat(outcome({ a: { x: 'failed' }, b: { x: 'passed' }, c: {} , d: { x: 'passed' } }, { broken: ['c'], errors: ['d', 'a'] }))).toEqual(['a', 'c', 'd'])
  })

  test('are none when an error belongs to no file, or when there are many', () => {
    const many = Object.fromEntries(Array.from({ length: MAX_FILES_AGAIN + 1 }, (_, index) => [`f${index}`, { x: 'failed' } as const]))

    expect(filesToRepeat(outcome({ a: { x: 'failed' } }, { errors: [undefined] }))).toEqual([])
    expect(filesToRepeat(outcome(many))).toEqual([])
  })
})

describe('two runs', () => {
  const merge = (first: Outcome, second: Outcome | undefined): ReturnType<typeof mergeRuns> => mergeRuns(first, new Map([[FILE, second]]))

  test('count a test that failed once as passed, and name it', () => {
    const { report, isGreen } = merge(outcome({ [FILE]: { x: 'failed', y: 'passed', z: 'skipped' } }), outcome({ [FILE]: { x: 'passed', y: 'failed', z: 'skipped' } }))

    expect(isGreen).toBe(true)
    expect(report).toMatchObject({ numPassedTests: 2, numFailedTests: 0, numPendingTests: 1, flaky: ['test/unit/a.test.ts > x', 'test/unit/a.test.ts > y'] })
  })

  test.each<[string, Outcome, Outcome | undefined]>([
    ['a test that failed twice', outcome({ [FILE]: { x: 'failed' } }), outcome({ [FILE]: { x: 'failed' } })],
    ['a test that was skipped the second time', outcome({ [FILE]: { x: 'failed' } }), outcome({ [FILE]: { x: 'skipped' } })],
    ['a second run without a report', outcome({ [FILE]: { x: 'failed' } }), undefined],
    ['a file that broke twice', outcome({ [FILE]: {} }, { broken: [FILE] }), outcome({ [FILE]: {} }, { broken: [FILE] })],
    ['errors nobody handled twice', outcome({ [FILE]: { x: 'passed' } }, { errors: [FILE] }), outcome({ [FILE]: { x: 'passed' } }, { errors: [FILE] })],
    ['an error nobody handled, and no report', outcome({ [FILE]: { x: 'passed' } }, { errors: [FILE] }), undefined],
    ['another file that failed', outcome({ [FILE]: { x: 'failed' }, other: { x: 'failed' } }), outcome({ [FILE]: { x: 'passed' } })],
  ])('fail for %s', (_name, first, second) => {
    expect(merge(first, second).isGreen).toBe(false)
  })

  test('name an error that came once, and take the tests of a file that broke once from its good run', () => {
    expect(merge(outcome({ [FILE]: { x: 'passed' } }, { errors: [FILE] }), outcome({ [FILE]: { x: 'passed' } }))).toMatchObject({ isGreen: true, report: { flaky: ['test/unit/a.test.ts > an error nobody handled: lost'] } })
    expect(merge(outcome({ [FILE]: {} }, { broken: [FILE] }), outcome({ [FILE]: { x: 'passed' } }))).toMatchObject({ isGreen: true, report: { numPassedTests: 1, flaky: ['test/unit/a.test.ts > the file itself'] } })
  })
})
