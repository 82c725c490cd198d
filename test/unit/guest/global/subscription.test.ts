import { describe, expect, test } from 'vitest'
import { encodeFrame } from '../../../../src/wire/frame.ts'
import { joinBytes } from '../../../../src/util/bytes.ts'
import { createHarness, createSource, type Harness } from './harness.ts'

type Events = {
  listen(name: string): AsyncIterableIterator<unknown> & { readonly opened: Promise<void> }
  listen(name: string, callback: (item: unknown) => unknown): Promise<() => void>
}

/** The page pushes `chunks`, then ends. */
function open(chunks: readonly (Uint8Array | Error)[], answer: Promise<unknown> = Promise.resolve(7)): { harness: Harness, events: Events, source: ReturnType<typeof createSource>, calls: unknown[] } {
  const calls: unknown[] = []
  const harness = createHarness({ capability: (method, args) => {
    calls.push([method, ...args])
    return answer
  } })
  const source = createSource(chunks)
  harness.sources.set(7, source)
  return { harness, source, calls, events: harness.globals['glovebox'].events }
}

const frame = (value: unknown, lost = 0): Uint8Array => encodeFrame(lost, JSON.stringify(value))
const item = (value: unknown, lost = 0): unknown => ({ name: 'host/x', value, lost })

async function collect(iterator: AsyncIterable<unknown>): Promise<unknown[]> {
  const got: unknown[] = []
  for await (const one of iterator) got.push(one)
  return got
}

describe('an iterator', () => {
  test('gives what comes, however it is cut, to its end', async () => {
    const long = 'a long text, longer than what is decoded here, with \u00e9 and \u{1f600}'
    const bytes = joinBytes([frame(1), frame(long, 3), frame(null)])
    const { events, calls } = open([bytes.slice(0, 5), bytes.slice(5, 40), bytes.slice(40)])

    expect(await collect(events.listen('host/x'))).toEqual([item(1), item(long, 3), item(null)])
    expect(calls).toEqual([['event.listen', 'host/x']])
  })

  test('tells when the page has begun', async () => {
    expect(await open([]).events.listen('host/x').opened).toBeUndefined()
  })

  test('asks at once, before anybody reads', () => {
    const { events, calls } = open([])
    void events.listen('host/x')

    expect(calls.length).toBe(1)
  })

  test('that is left tells the page', async () => {
    const { events, source } = open([frame(1), frame(2)])
    for await (const _ of events.listen('host/x')) break

    expect(source.cancelled).toBe(true)
  })

  test('that ended gives nothing more', async () => {
    const { events } = open([frame(1), frame(2)])
    const iterator = events.listen('host/x')
    await iterator.return?.()

    expect([await iterator.next(), await iterator.return?.()]).toEqual([{ done: true, value: undefined }, { done: true, value: undefined }])
  })

  test('that is read twice at once keeps the order', async () => {
    const { events } = open([frame(1), frame(2), frame(3)])
    const iterator = events.listen('host/x')
    const results = await Promise.all([iterator.next(), iterator.next(), iterator.next(), iterator.next()])

    expect(results.map(({ value }) => value)).toEqual([item(1), item(2), item(3), undefined])
  })

  test('rejects with a refusal, and with what ends the stream', async () => {
    const refused = open([], Promise.reject(new Error('denied'))).events.listen('host/x')
    await expect(refused.next()).rejects.toThrow('denied')
    await expect(refused.opened).rejects.toThrow('denied')
    const { events } = open([frame(1), new Error('revoked')])
    const iterator = events.listen('host/x')
    await iterator.next()

    await expect(iterator.next()).rejects.toThrow('revoked')
  })

  test('does not ask with a name or a callback that is none', () => {
    const { events, calls } = open([])
    expect(() => events.listen(5 as never)).toThrow(TypeError)
    expect(() => events.listen('host/x', 'f' as never)).toThrow(TypeError)
    expect(calls).toEqual([])
  })
})

describe('a callback', () => {
  test('gets one item after the other, also after it threw or rejected', async () => {
    const { events, harness } = open([frame(1), frame(2), frame(3), frame(4)])
    const got: unknown[] = []
    await new Promise<void>((resolve) => {
      void events.listen('host/x', async (one) => {
        got.push(one)
        if (got.length === 2) throw new Error('mine')
        await undefined
        if (got.length === 4) resolve()
      })
    })

    expect([got, harness.reported.length]).toEqual([[item(1), item(2), item(3), item(4)], 1])
  })

  test('is told of a refusal by the promise, of a later end by the log', async () => {
    await expect(open([], Promise.reject(new Error('denied'))).events.listen('host/x', () => undefined)).rejects.toThrow('denied')
    const { events, harness } = open([new Error('revoked')])
    await events.listen('host/x', () => undefined)
    await expect.poll(() => harness.reported.length).toBe(1)
  })

  test('is stopped by what the promise gave', async () => {
    const { events, source } = open([frame(1)])
    const stop = await events.listen('host/x', () => new Promise(() => undefined))
    stop()
    stop()

    await expect.poll(() => source.cancelled).toBe(true)
  })
})
