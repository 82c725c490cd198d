/**
 * Math.random from a small generator (sfc32) that the worker seeds from its crypto, again after every reset: QuickJS keeps its own state
 * in the memory that a snapshot copies, so two resets would draw the same numbers. Not for secrets; `crypto` is.
 */

/** `onDraw`: called at the first number after each seed. */
export function installRandom(onDraw: () => void): (a: number, b: number, c: number, d: number) => void {
  let s0 = 0
  let s1 = 0
  let s2 = 0
  let s3 = 0
  let isDrawn = true
  const next = (): number => {
    const sum = (((s0 + s1) | 0) + s3) | 0
    s3 = (s3 + 1) | 0
    s0 = s1 ^ (s1 >>> 9)
    s1 = (s2 + (s2 << 3)) | 0
    s2 = (s2 << 21) | (s2 >>> 11)
    s2 = (s2 + sum) | 0
    return sum >>> 0
  }
  const { random } = {
    random: (): number => {
      if (!isDrawn) onDraw()
      isDrawn = true
      return ((next() >>> 6) * 134_217_728 + (next() >>> 5)) / 9_007_199_254_740_992
    },
  }
  Object.defineProperty(Math, 'random', { value: random, writable: true, enumerable: false, configurable: true })
  return (a, b, c, d) => {
    s0 = a | 0
    s1 = b | 0
    s2 = c | 0
    s3 = d | 0
    for (let round = 0; round < 12; round++) next()
    isDrawn = false
  }
}
