import { describe, expect, it, vi } from 'vitest'
import { pump, toReadable } from '../../../src/host/call/byte-stream.ts'
import { openPair, turns } from '../wire/pair.ts'

type Bytes = Uint8Array<ArrayBuffer>

const toRecord = (error: unknown): { name: string, message: string, code: string, stack: string } => ({ name: 'Error', message: String(error), code: 'x', stack: '' })

function openPump(source: UnderlyingDefaultSource<Bytes>): {
  readonly done: Promise<unknown>
  readonly reader: NonNullable<ReturnType<ReturnType<typeof openPair>['guest']['session']['streams']['claim']>>
  readonly pair: ReturnType<typeof openPair>
} {
  const pair = openPair()
  const { id, stream } = pair.page.session.streams.open()
  const reader = pair.guest.session.streams.claim(id)
  if (reader === undefined) throw new Error('The stream cannot be claimed.')
  return { done: pump(new ReadableStream<Bytes>(source, { highWaterMark: 0 }), stream, toRecord), reader, pair }
}

describe('a pump', () => {
  it('sends a source to its end', async () => {
    const { done, reader } = openPump({ start: (controller) => [controller.enqueue(Uint8Array.of(1, 2)), controller.close()] })

    expect([await reader.read(), await reader.read()]).toEqual([Uint8Array.of(1, 2), undefined])
    await done
  })

  it('sends an error of its source, as the record made for guests', async () => {
    const { done, reader } = openPump({ pull: (controller) => controller.error('inner text') })

    await expect(reader.read()).rejects.toMatchObject({ record: { code: 'x' } })
    await done
  })

  it('ends when its source fails while the window is full', async () => {
    let fail = (): void => {}
    const { done, reader } = openPump({
      start: (controller) => { fail = () => controller.error('revoked') },
      pull: (controller) => controller.enqueue(new Uint8Array(100_000)),
    })
    await turns(20)

    fail()

    await done
    await expect((async () => { for (;;) await reader.read() })()).rejects.toMatchObject({ record: { code: 'x' } })
  })

  it('pulls no more than the window while nobody reads', async () => {
    let pulled = 0
    const { done, reader } = openPump({
      pull: (controller) => {
        pulled += 100_000
        controller.enqueue(new Uint8Array(100_000))
      },
    })
    await turns(30)
    expect(pulled).toBeLessThanOrEqual(400_000)
    reader.cancel()
    await done
  })

  it.each<readonly [string, (context: ReturnType<typeof openPump>) => void]>([
    ['the guest cancels', ({ reader }) => reader.cancel()],
    ['the session ends', ({ pair }) => pair.page.session.end(new Error('over'))],
  ])('of a source that never ends stops when %s', async (_name, stop) => {
    const cancel = vi.fn()
    const context = openPump({ pull: () => new Promise(() => {}), cancel })
    await turns()
    stop(context)
    await context.done

    expect(cancel).toHaveBeenCalledTimes(1)
  })
})

describe('a guest\'s stream as the platform\'s', () => {
  function openReadable(signal: AbortSignal = new AbortController().signal): { readonly readable: ReadableStream<Bytes>, readonly writer: ReturnType<typeof open>['stream'] } {
    const { guest, page } = openPair()
    const { id, stream } = guest.session.streams.open()
    const incoming = page.session.streams.claim(id)
    if (incoming === undefined) throw new Error('The stream cannot be claimed.')
    return { readable: toReadable(incoming, signal), writer: stream }
  }
  const open = (): ReturnType<ReturnType<typeof openPair>['guest']['session']['streams']['open']> => openPair().guest.session.streams.open()

  it('is read to its end', async () => {
    const { readable, writer } = openReadable()
    void writer.write(Uint8Array.of(1)).then(() => writer.end())

    expect(await new Response(readable).arrayBuffer()).toEqual(Uint8Array.of(1).buffer)
  })

  it('tells the guest when the page cancels', async () => {
    const { readable, writer } = openReadable()
    await readable.cancel()
    await turns()

    expect(writer.isEnded).toBe(true)
  })

  it.each(['before', 'during'] as const)('ends with the reason of its signal, aborted %s the read', async (when) => {
    const controller = new AbortController()
    const reason = new Error('epoch')
    if (when === 'before') controller.abort(reason)
    const { readable } = openReadable(controller.signal)
    const reading = readable.getReader().read()
    controller.abort(reason)

    await expect(reading).rejects.toBe(reason)
  })
})
