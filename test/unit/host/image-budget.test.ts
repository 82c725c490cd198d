import { expect, test } from 'vitest'
import { ImageBudget } from '../../../src/host/instance/image-budget.ts'

test('images of a box together stay under the cap, and room that is given back is used again', () => {
  const budget = new ImageBudget()
  const [mib, kept] = [2 ** 20, [] as number[]]
  for (let index = 0; index < 100; index++) if (budget.reserve(8 * mib)) kept.push(index)

  expect(kept.length).toBe(8)
  budget.release(8 * mib)
  expect([budget.reserve(9 * mib), budget.reserve(8 * mib), budget.reserve(1)]).toEqual([false, true, false])
})
