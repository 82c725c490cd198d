import { expect, it } from 'vitest'
import { collisionProblems, pathProblem } from '../../../src/manifest/path.ts'

const deep = (index: number, segments: number): string => Array.from({ length: segments }, (_, n) => (n === 0 ? String(index) : 'a')).join('/')

it('refuses a path of more than 32 segments', () => {
  expect(pathProblem(deep(1, 32))).toBe(undefined)
  expect(pathProblem(deep(1, 33))).toMatch(/32 segments/)
})

it('does not compare such paths: two thousand of them took seconds', () => {
  const paths = Array.from({ length: 1999 }, (_, index) => deep(index, 510))

  expect(collisionProblems(paths)).toEqual([])
}, 2_000)
