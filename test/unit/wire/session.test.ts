import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { transferHandlers } from 'comlink'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { MAX_MESSAGES_PER_TURN } from '../../../src/wire/budget.ts'
import { Session } from '../../../src/wire/session.ts'
import { methodsOf, openAttack, openPair, openSide, reply, request, turns, until } from './pair.ts'

const NOTHING = { pendingCalls: 0, pendingRequests: 0, streams: 0 }
const MIB = 2 ** 20

afterEach(() => {
  vi.useRealTimers()
})

describe('calls', () => {
  it('go both ways at the same time', async () => {
    const { page, guest } = openPair({ page: { twice: (n) => Number(n) * 2 }, guest: { negative: (n) => -Number(n) } })

    await expect(Promise.all([guest.session.call('twice', 4), page.session.call('negative', 4)])).resolves.toEqual([8, -4])
    expect([page.session.stats(), guest.session.stats()]).toEqual([NOTHING, NOTHING])
  })

  it('give their buffers away', async () => {
    const { page } = openPair({ guest: { size: (payload) => (payload as { buffers: ArrayBuffer[] }).buffers[0]?.byteLength } })
    const buffer = new ArrayBuffer(8)

    await expect(page.session.call('size', { text: '', buffers: [buffer] }, [buffer])).resolves.toBe(8)
    expect(buffer.byteLength).toBe(0)
  })

  it.each<readonly [string, unknown, string]>([
    ['an argument that cannot be cloned', () => 1, 'echo'],
    ['an argument that cannot be cloned, deeper', { a: Symbol('s') }, 'echo'],
    ['a name that Comlink keeps for itself', 1, 'then'],
  ])('with %s reject and leave nothing', async (_name, argument, method) => {
    const { page, guest } = openPair({ guest: { echo: (value) => value } })

    await expect(page.session.call(method, argument)).rejects.toBeInstanceOf(Error)
    expect(page.session.stats()).toEqual(NOTHING)
    await expect(page.session.call('echo', 'still')).resolves.toBe('still')
    expect(guest.breaches).toEqual([])
  })

  it('whose argument a transfer handler of the app takes do not wait for ever', async () => {
    const { page } = openPair({ guest: { echo: (value) => value } })
    const taken = { taken: true }
    transferHandlers.set('app', { canHandle: (value): value is unknown => value === taken, serialize: (value) => [value, []], deserialize: (value) => value })
    try {
      await expect(page.session.call('echo', taken)).rejects.toBeInstanceOf(TypeError)
    } finally {
      transferHandlers.delete('app')
    }
  })
})

describe('the end', () => {
  it('rejects every pending call with its reason, on both sides of the wire', async () => {
    const { page, guest } = openPair({ guest: { wait: () => new Promise(() => {}) } })
    const pending = [1, 2, 3].map((n) => page.session.call('wait', n))
    await until(() => guest.session.stats().pendingRequests === 3)
    const reason = new Error('over')
    page.session.end(reason)
    page.session.end(new Error('again'))

    for (const call of [...pending, page.session.call('wait', 4)]) await expect(call).rejects.toBe(reason)
    expect(page.session.stats()).toEqual(NOTHING)
    expect(page.breaches).toEqual([])
  })

  it('leaves a call its reply that came in the same task', async () => {
    const { page, pagePort, received } = openAttack()
    const calls = [page.session.call('wait', 1), page.session.call('wait', 2)]
    await until(() => received.length === 2)
    const reason = new Error('over')
    const data = reply((received[0] as { readonly id: string }).id, 'answer')
    pagePort.onmessage?.(new MessageEvent('message', { data })) // as when the page takes up several at once
    page.session.end(reason)

    expect(await Promise.allSettled(calls)).toEqual([{ status: 'fulfilled', value: 'answer' }, { status: 'rejected', reason }])
    expect(page.session.stats()).toEqual(NOTHING)
  })

  it('leaves messages that are on their way unread', async () => {
    const { page, port } = openAttack({ methods: methodsOf({ echo: (value) => value }) })
    port.postMessage(request('a', 'echo'))
    port.postMessage({ bad: true })
    page.session.end(new Error('over'))
    await turns()

    expect(page.breaches).toEqual([])
  })

  it('settles streams that are opened, claimed or written after it', async () => {
    const { page } = openPair()
    const before = page.session.streams.open().stream
    const full = before.write(new Uint8Array(256 * 1024))
    page.session.end(new Error('over'))
    const { stream } = page.session.streams.open()
    let cancelled = false
    stream.onCancel = () => (cancelled = true)

    await Promise.all([full, before.write(new Uint8Array(10)), stream.write(new Uint8Array(MIB))])
    expect([cancelled, stream.isEnded]).toEqual([true, true])
    expect(page.session.streams.claim(1)).toBeUndefined()
    expect(page.session.stats()).toEqual(NOTHING)
  })

  it('lets go of the session: Comlink keeps its endpoints until they are released', async () => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const ended = await endedSessions(20)
    for (let round = 0; round < 10 && ended.some((one) => one.deref() !== undefined); round++) {
      await turns(20)
      collect()
    }

    expect(ended.filter((one) => one.deref() !== undefined).length).toBeLessThanOrEqual(1)
  })
})

/** In a frame of its own, so that nothing on the stack holds them. */
async function endedSessions(count: number): Promise<readonly WeakRef<Session>[]> {
  const refs: WeakRef<Session>[] = []
  for (let n = 0; n < count; n++) {
    const { port1, port2 } = new MessageChannel()
    const options = { methods: methodsOf({ echo: (value) => value }), maxPendingRequests: 8, onBreach: () => {} }
    const page = new Session(port1, { side: 'page', ...options })
    const guest = new Session(port2, { side: 'guest', ...options })
    await page.call('echo', n)
    page.end(new Error('over'))
    guest.end(new Error('over'))
    refs.push(new WeakRef(page))
  }
  return refs
}

describe('a flood', () => {
  it.each<readonly [string, (port: MessagePort) => void]>([
    ['of messages in a turn', (port) => {
      for (let n = 0; n <= MAX_MESSAGES_PER_TURN; n++) port.postMessage(request(`${n}`, 'log'))
    }],
    ['of credit frames', (port) => {
      for (let n = 0; n <= MAX_MESSAGES_PER_TURN; n++) port.postMessage({ stream: 0, op: 'credit', credit: 1 })
    }],
    ['of bytes', (port) => {
      for (let n = 0; n < 5; n++) port.postMessage(request(`${n}`, 'wait', { text: '', buffers: [new ArrayBuffer(16 * MIB)] }))
    }],
    ['of bytes in chunks that nobody reads', (port) => {
      for (let n = 0; n <= 256; n++) port.postMessage({ stream: 2 * n + 1, op: 'chunk', bytes: new ArrayBuffer(256 * 1024) })
    }],
    ['of text', (port) => {
      for (let n = 0; n < 5; n++) port.postMessage(request(`${n}`, 'wait', { text: 'x'.repeat(16 * MIB), buffers: [] }))
    }],
    ['of text in error records', (port) => {
      const record = { name: 'Error', message: 'x'.repeat(16 * MIB), code: '', stack: '' }
      for (let n = 0; n < 5; n++) port.postMessage(request(`${n}`, 'wait', record))
    }],
    ['of streams', (port) => {
      for (let n = 0; n <= 512; n++) port.postMessage({ stream: 2 * n + 1, op: 'chunk', bytes: new ArrayBuffer(1) })
    }],
  ])('%s ends the session once', async (_name, attack) => {
    const { page, port } = openAttack({ maxPendingRequests: 2000, methods: methodsOf({ log: () => undefined, wait: () => new Promise(() => {}) }) })
    attack(port)

    await until(() => page.session.isEnded)
    await turns()
    expect(page.breaches).toMatchObject([{ code: 'flood' }])
  })

  it('in a second, however it is spread over turns, ends the session', async () => {
    vi.useFakeTimers({ toFake: ['performance'] }) // the second does not pass, however slow the machine is
    const { page, port, received } = openAttack()
    let sent = 0
    for (; sent < 11_000 && !page.session.isEnded; sent += 100) {
      const before = received.length
      for (let n = 0; n < 100; n++) port.postMessage({ stream: 0, op: 'cancel' })
      // The page answers every turn with credit, until it waits for the next second.
      for (let turn = 0; turn < 20 && received.length === before && !page.session.isEnded; turn++) await new Promise((resolve) => setTimeout(resolve, 1))
    }

    await until(() => page.session.isEnded)
    expect(page.breaches).toMatchObject([{ code: 'flood' }])
    expect(sent).toBeGreaterThan(5_000)
  })
})

describe('an honest sender at full speed never meets the budget', () => {
  it('with 50000 small calls', { timeout: 30_000 }, async () => {
    const { page, guest } = openPair({ page: { one: () => 1 } })
    let sum = 0
    for (let block = 0; block < 10; block++) {
      const calls = Array.from({ length: 5000 }, () => guest.session.call('one', { text: '', buffers: [] }))
      for (const value of await Promise.all(calls)) sum += Number(value)
    }

    expect(sum).toBe(50_000)
    expect([...page.breaches, ...guest.breaches]).toEqual([])
    expect([page.session.stats(), guest.session.stats()]).toEqual([NOTHING, NOTHING])
  })

  it('with 320 MiB in pieces of 4 MiB, as calls and as replies', { timeout: 30_000 }, async () => {
    const piece = (): { text: string, buffers: ArrayBuffer[] } => ({ text: '', buffers: [new ArrayBuffer(4 * MIB)] })
    const { port1, port2 } = new MessageChannel()
    const page = openSide(port1, 'page', { methods: methodsOf({ take: async () => turns(1) }) })
    const give = async (): Promise<{ result: unknown, transfer: ArrayBuffer[] }> => {
      const value = piece()
      return { result: { ok: true, value }, transfer: value.buffers }
    }
    const guest = openSide(port2, 'guest', { methods: new Map([['give', give]]) })
    const calls = Array.from({ length: 40 }, () => {
      const payload = piece()
      return guest.session.call('take', payload, payload.buffers)
    })
    const replies = Array.from({ length: 40 }, () => page.session.call('give', 1))

    expect(await Promise.all([...calls, ...replies])).toHaveLength(80)
    expect([...page.breaches, ...guest.breaches]).toEqual([])
    expect([page.session.stats(), guest.session.stats()]).toEqual([NOTHING, NOTHING])
  })

  it('and answers while its own calls hold the whole window', async () => {
    let release = (): void => {}
    const gate = new Promise<void>((resolve) => (release = resolve))
    const { page, guest } = openPair({ page: { hold: () => gate }, guest: { ping: () => true } })
    const payload = { text: 'x'.repeat(16 * MIB), buffers: [] }
    const held = [1, 2, 3, 4, 5].map(() => guest.session.call('hold', payload))
    await until(() => page.session.stats().pendingRequests === 3)

    await expect(page.session.call('ping', 1)).resolves.toBe(true)
    expect(page.session.stats().pendingRequests).toBe(3)
    release()
    await Promise.all(held)
    expect(page.breaches).toEqual([])
  })

  it('with replies to an unknown method of its own: a page that errs is no flood', async () => {
    const { page, port, received } = openAttack()
    const calls = Array.from({ length: 300 }, () => page.session.call('any', 1))
    await until(() => received.length === 300)
    for (const message of received.splice(0)) port.postMessage(reply((message as { id: string }).id, 1))

    expect(await Promise.all(calls)).toHaveLength(300)
    expect(page.breaches).toEqual([])
  })
})
