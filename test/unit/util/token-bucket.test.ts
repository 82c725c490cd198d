import { describe, expect, it } from 'vitest'
import { TokenBucket } from '../../../src/util/token-bucket.ts'

/** Each step: units, at which ms, taken or not. */
type Step = readonly [units: number, now: number, taken: boolean]

describe('a bucket of 10 a second', () => {
  it.each<readonly [string, readonly Step[]]>([
    ['gives what it holds, then nothing', [[4, 0, true], [6, 0, true], [1, 0, false]]],
    ['refills evenly', [[10, 0, true], [1, 99, false], [1, 100, true], [1, 150, false], [1, 200, true]]],
    ['never holds more than a window', [[10, 0, true], [11, 100_000, false], [10, 100_000, true], [1, 100_000, false]]],
    ['takes nothing when it refuses', [[11, 0, false], [10, 0, true]]],
    ['gives nothing for a clock that goes back and forth', [[10, 1000, true], [1, 0, false], [1, 1000, false], [1, 1100, true]]],
    ['refuses what is no number, and goes on', [[NaN, 0, false], [11, 0, false], [10, 0, true]]],
    ['refuses to be filled by negative units', [[10, 0, true], [-5, 0, false], [1, 0, false]]],
    ['gives nothing at any time', [[0, 0, true], [10, 0, true], [0, 0, true]]],
  ])('%s', (_name, steps) => {
    const bucket = new TokenBucket(10, 1000, 0)

    expect(steps.map(([units, now]) => bucket.take(units, now))).toEqual(steps.map(([, , taken]) => taken))
  })

  it('of 0 gives nothing', () => {
    expect(new TokenBucket(0, 1000, 0).take(1, 1e9)).toBe(false)
  })
})
