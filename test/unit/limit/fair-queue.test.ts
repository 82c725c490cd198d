import { describe, expect, it } from 'vitest'
import { FairQueue, type FairQueueOptions } from '../../../src/limit/fair-queue.ts'

const NEVER = new AbortController().signal
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))

/** Owners that want a place; who got in is written down, and holds its place until it is told to leave. */
interface World {
  readonly all: FairQueue<string>
  readonly inside: string[]
  readonly enter: (owner: string, own?: number, signal?: AbortSignal) => void
  readonly leave: () => Promise<void>
}

function queue(places: number, options: FairQueueOptions = {}): World {
  const all = new FairQueue<string>(places, options)
  const inside: string[] = []
  const releases: (() => void)[] = []
  return {
    all, inside,
    enter: (owner, own = Infinity, signal = NEVER) => void all.enter(owner, own, signal).then((release) => {
      inside.push(owner)
      releases.push(release)
    }, () => inside.push(`${owner} left`)),
    leave: async () => {
      releases.shift()?.()
      await settle()
    },
  }
}

describe('places that are shared', () => {
  it('go to a newcomer next, however many of another owner wait', async () => {
    const { enter, inside, leave } = queue(2)
    for (let i = 0; i < 1000; i++) enter('flood')
    enter('quiet')
    await settle()
    expect(inside).toEqual(['flood', 'flood'])
    await leave()

    expect(inside).toEqual(['flood', 'flood', 'quiet'])
  })

  it('go round among those who wait, one each', async () => {
    const { enter, inside, leave } = queue(1)
    for (const owner of ['a', 'a', 'a', 'b', 'b', 'c']) enter(owner)
    await settle()
    for (let i = 0; i < 5; i++) await leave()

    expect(inside).toEqual(['a', 'a', 'b', 'c', 'a', 'b'])
  })

  it('are not given beyond what an owner may have, and free ones go to others meanwhile', async () => {
    const { enter, inside, leave } = queue(4)
    for (let i = 0; i < 3; i++) enter('a', 1)
    enter('b', 1)
    await settle()
    expect(inside).toEqual(['a', 'b'])
    await leave()

    expect(inside).toEqual(['a', 'b', 'a'])
  })

  it('are not lost by one who leaves while it waits, or twice', async () => {
    const { enter, inside, leave, all } = queue(1)
    const leaving = new AbortController()
    enter('a')
    enter('b', 1, leaving.signal)
    enter('c')
    await settle()
    leaving.abort(new Error('gone'))
    await leave()
    await leave()

    expect(inside).toEqual(['a', 'b left', 'c'])
    expect(all.active).toBe(0)
  })

  it('are given back once, however often that is said', async () => {
    const all = new FairQueue<string>(1)
    const release = await all.enter('a', 1, NEVER)
    release()
    release()
    await all.enter('a', 1, NEVER)

    expect([all.active, all.activeOf('a'), all.activeOf('b')]).toEqual([1, 1, 0])
  })

  it('pass on when the one that got it leaves at the same moment', async () => {
    const all = new FairQueue<string>(1)
    const leaving = new AbortController()
    const first = await all.enter('a', 1, NEVER)
    const second = all.enter('b', 1, leaving.signal)
    const third = all.enter('c', 1, NEVER)
    first()
    leaving.abort(new Error('gone'))
    ;(await second)() // it has the place, and gives it back

    await third
    expect(all.activeOf('c')).toBe(1)
  })
})

describe('places that are held for long', () => {
  const room = { leavesRoom: true }

  it.each([[1, 1], [2, 1], [3, 2], [4, 2], [5, 3], [64, 32]])('of %i one owner has at most %i', async (places, most) => {
    const { enter, inside } = queue(places, room)
    for (let i = 0; i < 100; i++) enter('flood')
    await settle()

    expect(inside).toHaveLength(most)
  })

  it('leave a newcomer the first one free, be there several who take all they get', async () => {
    const { enter, inside } = queue(64, room)
    for (let owner = 0; owner < 8; owner++) for (let i = 0; i < 10; i++) enter(`flood${owner}`, 10)
    enter('quiet')
    await settle()

    expect(inside.at(-1)).toBe('quiet')
  })

  it('go on to those who wait when there is room again, those who have fewest first', async () => {
    const { enter, inside, leave, all } = queue(4, room)
    for (let i = 0; i < 4; i++) enter('a')
    for (let i = 0; i < 2; i++) enter('b')
    await settle()
    expect(inside).toEqual(['a', 'a', 'b'])
    for (let i = 0; i < 6; i++) await leave()

    expect([inside.slice().sort(), all.active]).toEqual([['a', 'a', 'a', 'a', 'b', 'b'], 0])
  })
})
