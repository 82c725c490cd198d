import { describe, expect, test } from 'vitest'
import type { Outcome } from '../../../src/wire/payload.ts'
import { CallAborted } from '../../../src/guest/outward.ts'
import { ABORTED, Turns } from '../../../src/guest/turns.ts'

const DONE: Outcome = { ok: true, value: { text: 'null', buffers: [] } }

function signal(): { readonly promise: Promise<void>, readonly give: () => void } {
  let give = (): void => undefined
  const promise = new Promise<void>((resolve) => {
    give = resolve
  })
  return { promise, give }
}

/** A call that ends when the test says so, or is forced to. */
function waiting(): { readonly work: (forced: Promise<never>) => Promise<Outcome>, readonly end: () => void, readonly begun: Promise<void> } {
  const [begun, ended] = [signal(), signal()]
  return {
    begun: begun.promise,
    end: ended.give,
    work: async (forced) => {
      begun.give()
      return Promise.race([ended.promise.then(() => DONE), forced]).catch((error: unknown): Outcome => ({ ok: false, error: { ...ABORTED, message: nameOf(error) } }))
    },
  }
}

const nameOf = (error: unknown): string => (error instanceof CallAborted ? 'left' : String(error))

describe('turns', () => {
  test('come one after the other, and each knows its number', async () => {
    const turns = new Turns()
    const seen: unknown[] = []
    const work = async (): Promise<Outcome> => {
      seen.push(turns.current)
      await Promise.resolve()
      seen.push(turns.current)
      return DONE
    }

    await Promise.all([turns.take(1, work), turns.take(undefined, work), turns.take(2, work)])

    expect(seen).toEqual([1, 1, undefined, undefined, 2, 2])
    expect(turns.current).toBeUndefined()
  })

  test('of an aborted call never begin, and hold up nobody', async () => {
    const turns = new Turns()
    const first = waiting()
    const outcomes = [turns.take(1, first.work), turns.take(2, () => Promise.reject(new Error('it ran'))), turns.take(3, async () => DONE)]
    await first.begun

    expect(turns.abort(2)).toBeUndefined()
    first.end()

    expect(await Promise.all(outcomes)).toEqual([DONE, { ok: false, error: ABORTED }, DONE])
  })

  test('end by force only while they last', async () => {
    const turns = new Turns()
    const [first, second] = [waiting(), waiting()]
    const outcomes = [turns.take(1, first.work), turns.take(2, second.work)]
    await first.begun
    const force = turns.abort(1)
    force?.()
    await second.begun

    force?.() // that of the call before
    expect(turns.abort(1)).toBeUndefined()
    second.end()

    expect(await Promise.all(outcomes)).toEqual([{ ok: false, error: { ...ABORTED, message: 'left' } }, DONE])
  })

  test('that are left do not disturb those that come after', async () => {
    const turns = new Turns()
    const [left, next] = [waiting(), waiting()]
    const outcome = turns.take(1, left.work)
    await left.begun

    turns.leave()
    const after = turns.take(2, next.work)
    await next.begun
    left.end()
    await outcome

    expect(turns.current).toBe(2)
    turns.force('a reason')
    expect(await after).toMatchObject({ error: { message: 'a reason' } })
  })

  test('that waited when they were left never begin', async () => {
    const turns = new Turns()
    const left = waiting()
    const first = turns.take(1, left.work)
    const queued = turns.take(undefined, () => Promise.reject(new Error('it ran')))
    await left.begun

    turns.leave()
    left.end()

    expect([await first, await queued]).toEqual([DONE, { ok: false, error: ABORTED }])
  })

  test('that are forced before they race it end as soon as they do', async () => {
    const turns = new Turns()
    const gate = signal()
    const late = waiting()
    const outcome = turns.take(1, async (forced) => {
      await gate.promise
      return late.work(forced)
    })
    await Promise.resolve()

    turns.abort(1)?.()
    gate.give()

    expect(await outcome).toMatchObject({ error: { message: 'left' } })
  })
})
