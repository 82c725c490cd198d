import { describe, expect, it } from 'vitest'
import { MAX_CHUNK, STREAM_WINDOW, type IncomingStream, type OutgoingStream } from '../../../src/wire/stream.ts'
import { openAttack, openPair, turns, until, type Side } from './pair.ts'

const MIB = 2 ** 20
const RECORD = { name: 'TypeError', message: 'broken', code: 'network-failed', stack: '' }

interface Ends {
  readonly id: number
  readonly from: Side
  readonly to: Side
  readonly writer: OutgoingStream
  readonly reader: IncomingStream
}

/** A stream from one side to the other, claimed. */
function openStream(from: 'page' | 'guest'): Ends {
  const pair = openPair()
  const [source, target] = from === 'page' ? [pair.page, pair.guest] : [pair.guest, pair.page]
  const { id, stream } = source.session.streams.open()
  const reader = target.session.streams.claim(id)
  if (reader === undefined) throw new Error('The stream cannot be claimed.')
  return { id, from: source, to: target, writer: stream, reader }
}

async function readAll(reader: IncomingStream): Promise<number[]> {
  const bytes: number[] = []
  for (let chunk = await reader.read(); chunk !== undefined; chunk = await reader.read()) bytes.push(...chunk)
  return bytes
}

describe.each(['page', 'guest'] as const)('a stream from the %s', (side) => {
  it('carries 20 MB to a slow reader, with never more than a window on the way', async () => {
    const { writer, reader, from, to } = openStream(side)
    let [written, read, most] = [0, 0, 0]
    const writing = (async () => {
      const sizes = [1, 1000, MAX_CHUNK, MAX_CHUNK + 1, STREAM_WINDOW, 700_000]
      for (let n = 0; written < 20e6; n++) {
        const size = sizes[n % sizes.length] ?? 1
        await writer.write(new Uint8Array(size).fill(n))
        written += size
      }
      writer.end()
    })()
    for (let chunk = await reader.read(), n = 0; chunk !== undefined; chunk = await reader.read(), n++) {
      read += chunk.byteLength
      most = Math.max(most, written - read)
      if (n % 16 === 0) await turns(2)
    }
    await writing

    expect(read).toBe(written)
    // `written` counts whole writes that have returned: what is on the way beyond what was read fits in the window.
    expect(most).toBeLessThanOrEqual(STREAM_WINDOW)
    expect([from.session.stats().streams, to.session.stats().streams]).toEqual([0, 0])
    expect([...from.breaches, ...to.breaches]).toEqual([])
  })

  it('stops its writer at the window, whatever the sizes of the writes', async () => {
    const { writer, to } = openStream(side)
    let written = 0
    const writing = (async () => {
      for (; !writer.isEnded; written += 3) await writer.write(new Uint8Array(3))
    })()
    await turns(50)

    expect(written).toBeLessThan(STREAM_WINDOW)
    expect(to.breaches).toEqual([])
    writer.abandon()
    await writing
  })

  it.each<readonly [string, readonly number[]]>([
    ['of exactly the window', [STREAM_WINDOW]],
    ['of the window and one byte', [STREAM_WINDOW + 1]],
    ['of exactly a chunk', [MAX_CHUNK]],
    ['of nothing', [0, 5, 0, 0]],
    ['of nothing alone', [0]],
    ['of ten thousand single bytes', Array.from({ length: 10_000 }, () => 1)],
    ['that leave less than a chunk of window', [STREAM_WINDOW - 10, 5000]],
  ])('passes writes %s', async (_name, sizes) => {
    const { writer, reader, to } = openStream(side)
    const reading = readAll(reader)
    for (const size of sizes) await writer.write(new Uint8Array(size))
    writer.end()

    expect((await reading).length).toBe(sizes.reduce((sum, size) => sum + size, 0))
    expect(to.breaches).toEqual([])
  })

  it('sends the part of a larger buffer that was written, and leaves the rest to its owner', async () => {
    const { writer, reader } = openStream(side)
    const whole = Uint8Array.from({ length: 100_000 }, (_, n) => n % 251)
    const reading = readAll(reader)
    await writer.write(whole.subarray(10, 80_010))
    writer.end()

    expect(await reading).toEqual([...whole.subarray(10, 80_010)])
    expect(whole.byteLength).toBe(100_000)
  })

  it('is read to its end when the end comes before the reader', async () => {
    const { writer, reader } = openStream(side)
    await writer.write(Uint8Array.of(1, 2))
    await writer.write(Uint8Array.of(3))
    writer.end()
    await turns()

    expect(await readAll(reader)).toEqual([1, 2, 3])
    expect(await reader.read()).toBeUndefined()
  })

  it('gives its error after its data, as data', async () => {
    const { writer, reader } = openStream(side)
    await writer.write(Uint8Array.of(1))
    writer.fail(RECORD)
    await turns()

    expect([...((await reader.read()) ?? [])]).toEqual([1])
    await expect(reader.read()).rejects.toMatchObject({ name: 'TypeError', message: 'broken', record: RECORD })
  })

  it('takes back what nobody read yet when the permission is revoked', async () => {
    const { writer, reader } = openStream(side)
    await writer.write(Uint8Array.of(1))
    writer.fail({ ...RECORD, code: 'permission-revoked' })
    await turns()

    await expect(reader.read()).rejects.toMatchObject({ code: 'permission-revoked' })
  })

  it('fails a reader that waits', async () => {
    const { writer, reader } = openStream(side)
    const reading = reader.read()
    writer.fail(RECORD)

    await expect(reading).rejects.toMatchObject({ record: RECORD })
  })

  it('wakes its writer when the reader cancels, and tells it once', async () => {
    const { writer, reader, from, to } = openStream(side)
    let cancels = 0
    writer.onCancel = () => cancels++
    const writing = writer.write(new Uint8Array(2 * MIB))
    await reader.read()
    reader.cancel()
    reader.cancel()

    await writing
    expect([writer.isEnded, cancels]).toEqual([true, 1])
    expect(await reader.read()).toBeUndefined()
    expect([from.session.stats().streams, to.session.stats().streams]).toEqual([0, 0])
  })

  it('settles a read that waits when it is cancelled', async () => {
    const { reader } = openStream(side)
    const reading = reader.read()
    reader.cancel()

    await expect(reading).resolves.toBeUndefined()
  })

  it('ignores what its writer does after the end', async () => {
    const { writer, reader } = openStream(side)
    writer.end()
    await writer.write(Uint8Array.of(1))
    writer.fail(RECORD)
    writer.end()

    expect(await readAll(reader)).toEqual([])
  })

  it.each(['from', 'to'] as const)('is settled on both ends when the session ends (%s)', async (ender) => {
    const ends = openStream(side)
    const { writer, reader, from, to } = ends
    const reason = new Error('over')
    const reading = reader.read()
    const second = openStreamOn(from)
    const writing = second.write(new Uint8Array(MIB))
    ends[ender].session.end(reason)
    if (ender === 'from') to.session.end(reason)
    else from.session.end(reason)

    await expect(reading).rejects.toBe(reason)
    await writing
    expect([writer.isEnded, second.isEnded]).toEqual([true, true])
    expect([from.session.stats().streams, to.session.stats().streams]).toEqual([0, 0])
  })

  it('takes one read and one write at a time', async () => {
    const { writer, reader } = openStream(side)
    const first = reader.read()
    await expect(reader.read()).rejects.toBeInstanceOf(TypeError)
    await writer.write(Uint8Array.of(1))
    expect(await first).toEqual(Uint8Array.of(1))

    const writing = writer.write(new Uint8Array(STREAM_WINDOW * 2))
    await expect(writer.write(Uint8Array.of(1))).rejects.toBeInstanceOf(TypeError)
    reader.cancel()
    await writing
  })
})

function openStreamOn(side: Side): OutgoingStream {
  return side.session.streams.open().stream
}

describe('the table of streams', () => {
  it('gives a stream once, and only streams of the other side', () => {
    const { page } = openPair()
    const own = page.session.streams.open().id

    expect(page.session.streams.claim(1)).toBeDefined()
    expect([1, own, -1, 0.5, NaN, Infinity, 1e300, 2 ** 53 - 1].map((id) => page.session.streams.claim(id))).toEqual(Array(8).fill(undefined))
    expect(page.breaches).toEqual([])
  })

  it('keeps what comes before a stream is claimed', async () => {
    const { page, guest } = openPair()
    const { id, stream } = guest.session.streams.open()
    await stream.write(Uint8Array.of(7))
    stream.end()
    await turns()

    const reader = page.session.streams.claim(id)
    expect(reader && (await readAll(reader))).toEqual([7])
  })

  it('says once why a stream failed that nobody had claimed', async () => {
    const { page, guest } = openPair()
    const { id, stream } = guest.session.streams.open()
    stream.fail({ name: 'LimitError', message: 'x'.repeat(5000), code: 'body-too-large', stack: 'at secret' })
    await turns()

    expect(page.session.streams.claim(id)).toBeUndefined()
    expect(page.session.streams.takeFailure(id)).toEqual({ name: 'LimitError', message: 'x'.repeat(1000), code: 'body-too-large', stack: '' })
    expect(page.session.streams.takeFailure(id)).toBeUndefined()
  })

  it('lets a later stream be claimed first, also when the earlier one has sent nothing yet', async () => {
    const { page, guest } = openPair()
    const [first, second] = [guest.session.streams.open(), guest.session.streams.open()]
    const late = page.session.streams.claim(second.id)
    const early = page.session.streams.claim(first.id)
    await Promise.all([first.stream.write(Uint8Array.of(1)), second.stream.write(Uint8Array.of(2))])
    first.stream.end()
    second.stream.end()

    expect(early && (await readAll(early))).toEqual([1])
    expect(late && (await readAll(late))).toEqual([2])
  })

  it('lets many streams fail unclaimed: what they sent does not stay in flight', async () => {
    const { page, guest } = openPair({ page: { ping: () => true } })
    for (let n = 0; n < 600; n++) {
      const { stream } = guest.session.streams.open()
      await stream.write(new Uint8Array(STREAM_WINDOW - MAX_CHUNK))
      stream.fail(RECORD)
    }

    await expect(guest.session.call('ping', 1)).resolves.toBe(true)
    expect([page.session.stats().streams, page.breaches]).toEqual([0, []])
  })
})

describe('a stranger at the sending end', () => {
  it.each<readonly [string, (port: MessagePort) => void]>([
    ['sends more than its credit', (port) => {
      for (let n = 0; n <= STREAM_WINDOW / MAX_CHUNK; n++) port.postMessage({ stream: 1, op: 'chunk', bytes: new ArrayBuffer(MAX_CHUNK) })
    }],
    ['sends one chunk larger than the window', (port) => port.postMessage({ stream: 1, op: 'chunk', bytes: new ArrayBuffer(STREAM_WINDOW + 1) })],
    ['sends more small chunks than the window holds', (port) => {
      for (let n = 0; n < 900; n++) port.postMessage({ stream: 1, op: 'chunk', bytes: new ArrayBuffer(1) })
    }],
    ['sends empty chunks', (port) => port.postMessage({ stream: 1, op: 'chunk', bytes: new ArrayBuffer(0) })],
    ['sends a view', (port) => port.postMessage({ stream: 1, op: 'chunk', bytes: new Uint8Array(1) })],
    ['sends shared bytes', (port) => port.postMessage({ stream: 1, op: 'chunk', bytes: new SharedArrayBuffer(1) })],
    ['sends cancel', (port) => port.postMessage({ stream: 1, op: 'cancel' })],
    ['sends credit', (port) => port.postMessage({ stream: 1, op: 'credit', credit: 5 })],
    ['sends to the page\'s own stream', (port) => port.postMessage({ stream: 0, op: 'chunk', bytes: new ArrayBuffer(1) })],
    ['ends the page\'s own stream', (port) => port.postMessage({ stream: 0, op: 'end' })],
    ['opens a stream far ahead', (port) => port.postMessage({ stream: 2049, op: 'end' })],
  ])('%s: the session ends, the reader hears why', async (_name, attack) => {
    const { page, port } = openAttack()
    page.session.streams.open()
    const reader = page.session.streams.claim(1)
    attack(port)

    await until(() => page.session.isEnded)
    expect(page.breaches).toHaveLength(1)
    await expect(reader && readAll(reader)).rejects.toBe(page.breaches[0])
    expect(page.session.stats().streams).toBe(0)
  })

  it('goes on after the end, or after a cancel: nothing happens', async () => {
    const { page, port } = openAttack()
    const [ended, cancelled] = [page.session.streams.claim(1), page.session.streams.claim(3)]
    port.postMessage({ stream: 1, op: 'end' })
    cancelled?.cancel()
    for (const stream of [1, 3]) {
      // Of both streams fewer than may wait on a page that has no time for them: more would be a flood.
      for (let n = 0; n < 100; n++) port.postMessage({ stream, op: 'chunk', bytes: new ArrayBuffer(100_000) })
      for (const op of ['end', 'cancel']) port.postMessage({ stream, op })
      port.postMessage({ stream, op: 'error', error: RECORD })
      await turns(20)
    }

    expect([await ended?.read(), await cancelled?.read()]).toEqual([undefined, undefined])
    expect([page.breaches, page.session.stats().streams]).toEqual([[], 0])
  })
})

it('a stranger that gives more credit than it was sent gets no more than a window at once', async () => {
  const { page, port, received } = openAttack()
  const { stream } = page.session.streams.open()
  port.postMessage({ stream: 0, op: 'credit', credit: Number.MAX_SAFE_INTEGER })
  await turns()
  void stream.write(new Uint8Array(4 * MIB))
  await turns()

  const sent = received.map((message) => Reflect.get(message as object, 'bytes')).filter((bytes) => bytes instanceof ArrayBuffer)
  expect(sent.reduce((sum, bytes) => sum + bytes.byteLength, 0)).toBe(STREAM_WINDOW)
})
