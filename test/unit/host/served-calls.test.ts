import { describe, expect, it } from 'vitest'
import { type Behalf, ServedCalls } from '../../../src/host/instance/served-calls.ts'

const behalf = (...chain: readonly string[]): Behalf => ({ chain, callers: chain, depth: chain.length })
const open = (isSerial = false, startedFor: readonly Behalf[] = []): ServedCalls => new ServedCalls({ isSerial, startedFor })

describe('an instance that serves others', () => {
  it('works for those who wait, and for those whose calls have ended, the latest first', () => {
    const served = open()
    served.begin(1, behalf('a', 'b'))()
    served.begin(2, behalf('c'))()
    served.begin(3, behalf('d', 'e'))
    expect(served.callers).toEqual(['d', 'e', 'c', 'a', 'b'])
  })

  it('works for the app alone where only the app calls', () => {
    const served = open()
    served.begin(1)
    expect(served.callers).toEqual([])
    expect(served.stackOf(1)).toEqual({ call: 1, chain: [], waiting: new Set(), depth: 0 })
  })

  it('forgets with its memory those whose calls have ended', () => {
    const served = open()
    served.begin(1, behalf('a'))()
    served.forget()
    served.begin(2, behalf('b'))
    expect(served.callers).toEqual(['b'])
    expect(served.stackOf(undefined).depth).toBe(1)
  })

  it.each([false, true])('forgets with its memory those whose calls never ended, and an end that comes late changes nothing (serial: %s)', (isSerial) => {
    const served = open(isSerial, [behalf('starter')])
    const end = served.begin(1, behalf('a', 'b'))
    served.forget()
    expect(served.callers).toEqual([])
    served.begin(2, behalf('c'))
    end()
    expect(served.callers).toEqual(['c'])
    expect(served.stackOf(2)).toEqual({ call: 2, chain: ['c'], waiting: new Set(['c']), depth: 1 })
  })

  it('begins for those who wait for its start', () => {
    const served = open(false, [behalf('a', 'b'), behalf('c')])
    expect(served.callers).toEqual(['a', 'b', 'c'])
    expect(served.stackOf(undefined)).toEqual({ call: undefined, chain: ['a', 'b'], waiting: new Set(['a', 'b', 'c']), depth: 2 })
    served.begin(9, behalf('d'))
    expect(served.callers).toEqual(['d'])
  })

  it('remembers 64, and says that there were more, also to whom it calls', () => {
    const served = open()
    for (let i = 0; i < 1_000; i++) served.begin(i, behalf(`x${i}`))()
    expect(served.callers).toHaveLength(65)
    expect([served.callers[0], served.callers[63], served.callers[64]]).toEqual(['x999', 'x936', '\u2026'])
    const next = open()
    next.begin(1, { chain: ['y'], callers: ['y', '\u2026'], depth: 1 })()
    next.begin(2, behalf('z'))
    expect(next.callers).toEqual(['z', 'y', '\u2026'])
  })
})

describe('a call that it makes', () => {
  it('has the chain of the call that it names, and the depth of the longest that it may be for', () => {
    const served = open()
    served.begin(1, behalf('a', 'b', 'c'))
    served.begin(2, behalf('x'))
    expect(served.stackOf(2)).toEqual({ call: 2, chain: ['x'], waiting: new Set(['x']), depth: 3 })
  })

  it.each([undefined, 7, 1])('is for all, those that ended included, where it names none that is open here (%s)', (call) => {
    const served = open()
    served.begin(1, behalf('a', 'b', 'c'))()
    served.begin(2, behalf('x'))
    expect(served.stackOf(call)).toEqual({ call: undefined, chain: ['a', 'b', 'c'], waiting: new Set(['x']), depth: 3 })
  })

  it('is for the first where calls are served one after the other, whatever it names', () => {
    const served = open(true)
    served.begin(1, behalf('a'))
    served.begin(2, behalf('x', 'y'))
    expect([undefined, 2, 3].map((call) => served.stackOf(call))).toMatchObject([1, 1, 1].map((call) => ({ call, chain: ['a'], depth: 1 })))
    expect(served.callers).toEqual(['a'])
  })
})
