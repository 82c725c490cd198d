import { describe, expect, test } from 'vitest'
import { FrameQueue } from '../../../src/capability/frames.ts'
import { encodeFrame, FrameReader, type Frame } from '../../../src/wire/frame.ts'
import { joinBytes } from '../../../src/util/bytes.ts'

const createReader = (): FrameReader => new FrameReader((bytes) => new TextDecoder().decode(bytes))

function open(options: { maxFrames?: number, maxChars?: number } = {}): { queue: FrameQueue, next: () => Promise<Frame | undefined>, ends: () => number, losses: () => number, cancel: () => Promise<void> } {
  let ends = 0
  let losses = 0
  const { maxFrames = 256, maxChars = 2 ** 20 } = options
  const turn = async (give: () => number): Promise<void> => void give()
  const queue = new FrameQueue({ maxFrames, maxChars: () => maxChars, turn, onLoss: () => void losses++, onEnd: () => void ends++ })
  const reader = queue.stream.getReader()
  return {
    queue,
    next: async () => {
      const frames = createReader()
      const { value } = await reader.read()
      if (value !== undefined) frames.push(value)
      return frames.next()
    },
    ends: () => ends,
    losses: () => losses,
    cancel: () => reader.cancel(),
  }
}

describe('a queue of frames', () => {
  test('gives what was pushed, in order, before and after somebody reads', async () => {
    const { queue, next } = open()
    queue.push('1')
    const first = await next()
    const second = next()
    queue.push('{"a":"\u{1f600}"}')

    expect([first, await second]).toEqual([{ lost: 0, value: 1 }, { lost: 0, value: { a: '\u{1f600}' } }])
  })

  test('loses the oldest to a slow reader, and says how many', async () => {
    const { queue, next, losses } = open({ maxFrames: 2 })
    for (const json of ['1', '2', '3', '4', '5']) queue.push(json)

    expect([await next(), await next(), losses()]).toEqual([{ lost: 3, value: 4 }, { lost: 0, value: 5 }, 3])
  })

  test('bounds the text that waits, but always keeps the newest', async () => {
    const { queue, next } = open({ maxChars: 10 })
    queue.push('"aaa"')
    queue.push('"bbbbbbbbbbbbbbbbbbbbbbbb"')

    expect(await next()).toEqual({ lost: 1, value: 'b'.repeat(24) })
  })

  test('delivers nothing after it failed', async () => {
    const { queue, next, ends } = open()
    queue.push('1')
    queue.fail(new Error('revoked'))
    queue.push('2')

    await expect(next()).rejects.toThrow('revoked')
    expect([queue.isOver, ends()]).toEqual([true, 1])
  })

  test('ends for a reader that waits', async () => {
    const { queue, next, ends } = open()
    const waiting = next()
    queue.end()
    queue.end()

    expect([await waiting, ends()]).toEqual([undefined, 1])
  })

  test('ends when the reader goes', async () => {
    const { queue, cancel, ends } = open()
    await cancel()
    queue.fail(new Error('late'))

    expect([queue.isOver, ends()]).toEqual([true, 1])
  })
})

describe('a reader of frames', () => {
  test('puts together what came in pieces, and takes several apart', () => {
    const reader = createReader()
    const bytes = joinBytes([encodeFrame(0, '"one"'), encodeFrame(2, 'null')])
    const got: unknown[] = []
    for (let at = 0; at < bytes.length; at += 3) {
      reader.push(bytes.slice(at, at + 3))
      for (let frame = reader.next(); frame !== undefined; frame = reader.next()) got.push(frame)
    }

    expect(got).toEqual([{ lost: 0, value: 'one' }, { lost: 2, value: null }])
  })

  test('refuses a length that no frame has', () => {
    const reader = createReader()
    reader.push(new Uint8Array([255, 255, 255, 255, 0]))

    expect(() => reader.next()).toThrow(TypeError)
  })
})
