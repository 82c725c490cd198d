import { describe, expect, it, vi } from 'vitest'
import { openAttack, methodsOf, reply, request, turns, until, type Attack } from './pair.ts'

const OWN_NAMES = Reflect.ownKeys(Object.prototype).length
const RAW = [{ type: 'RAW', value: 1 }]
const APPLY = { id: 'a', type: 'APPLY', path: ['echo'], argumentList: RAW }

function openBroker(): Attack & { readonly echo: ReturnType<typeof vi.fn> } {
  const echo = vi.fn((argument: unknown) => argument)
  return { ...openAttack({ methods: methodsOf({ echo }) }), echo }
}

/** The id of the call that the page makes. */
async function pendingId(attack: Attack): Promise<string> {
  await until(() => attack.received.length > 0)
  return (attack.received[0] as { id: string }).id
}

describe('one message of a stranger ends the session, and nothing else happens:', () => {
  it.each<readonly [string, unknown]>([
    ['SET along __proto__', { id: 'a', type: 'SET', path: ['__proto__', '__proto__', 'polluted'], value: { type: 'RAW', value: 1 } }],
    ['SET of a method', { id: 'a', type: 'SET', path: ['echo'], value: { type: 'RAW', value: 1 } }],
    ['GET of constructor', { id: 'a', type: 'GET', path: ['constructor'] }],
    ['GET of a method', { id: 'a', type: 'GET', path: ['echo'] }],
    ['CONSTRUCT', { id: 'a', type: 'CONSTRUCT', path: ['echo'], argumentList: [] }],
    ['ENDPOINT', { id: 'a', type: 'ENDPOINT' }],
    ['RELEASE', { id: 'a', type: 'RELEASE' }],
    ['APPLY of two segments', { ...APPLY, path: ['echo', 'call'] }],
    ['APPLY of constructor.constructor', { ...APPLY, path: ['constructor', 'constructor'] }],
    ['APPLY of no segment', { ...APPLY, path: [] }],
    ['APPLY of a path that is text', { ...APPLY, path: 'e' }],
    ['APPLY of a path of lists', { ...APPLY, path: [['echo']] }],
    ['APPLY without arguments', { ...APPLY, argumentList: [] }],
    ['APPLY with two arguments', { ...APPLY, argumentList: [...RAW, ...RAW] }],
    ['a HANDLER argument', { ...APPLY, argumentList: [{ type: 'HANDLER', name: 'throw', value: { isError: true, value: {} } }] }],
    ['a proxy argument', { ...APPLY, argumentList: [{ type: 'HANDLER', name: 'proxy', value: 1 }] }],
    ['a HANDLER with an unknown name', { ...APPLY, argumentList: [{ type: 'HANDLER', name: '__proto__', value: 1 }] }],
    ['a method that does not exist', request('a', 'nothing')],
    ['a method named __proto__', request('a', '__proto__')],
    ['a method named constructor', request('a', 'constructor')],
    ['a method named then', request('a', 'then')],
    ['a method named toString', request('a', 'toString')],
    ['a method named hasOwnProperty', request('a', 'hasOwnProperty')],
    ['a method with a long name', request('a', 'e'.repeat(10_000))],
    ['a request with something more', { ...APPLY, more: 1 }],
    ['an argument with something more', { ...APPLY, argumentList: [{ type: 'RAW', value: 1, more: 1 }] }],
    ['an id that is a number', { ...APPLY, id: 1 }],
    ['an empty id', { ...APPLY, id: '' }],
    ['a long id', { ...APPLY, id: 'a'.repeat(65) }],
    ['a reply nobody asked for', reply('a', 1)],
    ['a reply that throws', { id: 'a', type: 'HANDLER', name: 'throw', value: { isError: false, value: 1 } }],
    ['a reply with something more', { ...reply('a', 1), more: 1 }],
    ['credit, which only the page gives', { credit: 1, bytes: 1 }],
    ['a stream frame of an unknown kind', { stream: 1, op: 'open' }],
    ['a stream with a negative id', { stream: -1, op: 'end' }],
    ['a stream with a fraction as id', { stream: 1.5, op: 'end' }],
    ['a stream with a far id', { stream: 2 ** 53 - 1, op: 'end' }],
    ['an empty chunk', { stream: 1, op: 'chunk', bytes: new ArrayBuffer(0) }],
    ['credit for a stream of its own', { stream: 1, op: 'credit', credit: 1 }],
    ['null', null],
    ['undefined', undefined],
    ['a string', 'APPLY'],
    ['a list', [APPLY]],
    ['a map', new Map(Object.entries(APPLY))],
    ['a date', new Date()],
    ['a large typed array', new Uint8Array(2 ** 24)],
    ['an object of a thousand keys', Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`k${n}`, n]))],
  ])('%s', async (_name, message) => {
    const { page, port, echo } = openBroker()
    const pending = page.session.call('anything', 1)
    port.postMessage(message)

    await expect(pending).rejects.toMatchObject({ name: 'WireError' })
    port.postMessage(request('late', 'echo'))
    await turns()
    expect(page.breaches).toHaveLength(1)
    expect(page.session.isEnded).toBe(true)
    expect(echo).not.toHaveBeenCalled()
    expect(page.session.stats()).toEqual({ pendingCalls: 0, pendingRequests: 0, streams: 0 })
    expect(Reflect.ownKeys(Object.prototype)).toHaveLength(OWN_NAMES)
  })

  it('a good request with a port nobody asked for', async () => {
    const { page, port, echo } = openBroker()
    const { port1 } = new MessageChannel()
    port.postMessage(request('a', 'echo'), [port1])

    await until(() => page.session.isEnded)
    expect(page.breaches).toMatchObject([{ code: 'malformed-message' }])
    expect(echo).not.toHaveBeenCalled()
  })

  it('what cannot be received', async () => {
    const { page, pagePort } = openBroker()
    const pending = page.session.call('anything', 1)
    pagePort.dispatchEvent(new MessageEvent('messageerror'))

    await expect(pending).rejects.toMatchObject({ code: 'malformed-message' })
    expect(page.breaches).toHaveLength(1)
  })
})

describe('replies', () => {
  it.each<readonly [string, (id: string, port: MessagePort) => void]>([
    ['repeated', (id, port) => [port.postMessage(reply(id, 1)), port.postMessage(reply(id, 2))]],
    ['under another id', (id, port) => port.postMessage(reply(`${id}0`, 1))],
    ['under a guessed id', (_, port) => port.postMessage(reply('1-1-1-1', 1))],
    ['as a thrown error', (id, port) => port.postMessage({ id, type: 'HANDLER', name: 'throw', value: { isError: true, value: { message: 'x' } } })],
    ['as a proxy', (id, port) => {
      const { port1 } = new MessageChannel()
      port.postMessage({ id, type: 'HANDLER', name: 'proxy', value: port1 }, [port1])
    }],
  ])('%s end the session', async (_name, answer) => {
    const attack = openBroker()
    const pending = attack.page.session.call('anything', 1).catch(() => undefined)
    answer(await pendingId(attack), attack.port)

    await until(() => attack.page.session.isEnded)
    expect(attack.page.breaches).toMatchObject([{ code: 'malformed-message' }])
    await pending
  })

  it('that look like promises are values', async () => {
    const attack = openBroker()
    const pending = attack.page.session.call('anything', 1)
    attack.port.postMessage(reply(await pendingId(attack), { then: 1, constructor: 2 }))

    await expect(pending).resolves.toEqual({ then: 1, constructor: 2 })
    expect(attack.page.breaches).toEqual([])
  })

  it('of one session are not taken by another', async () => {
    const [one, other] = [openBroker(), openBroker()]
    const pending = one.page.session.call('anything', 1)
    other.port.postMessage(reply(await pendingId(one), 'forged'))

    await until(() => other.page.session.isEnded)
    expect(one.page.session.stats().pendingCalls).toBe(1)
    one.port.postMessage(reply(await pendingId(one), 'true'))
    await expect(pending).resolves.toBe('true')
  })
})

describe('requests', () => {
  it('under the id of a pending one end the session', async () => {
    const { page, port } = openAttack({ methods: methodsOf({ wait: () => new Promise(() => {}) }) })
    port.postMessage(request('a', 'wait'))
    port.postMessage(request('a', 'wait'))

    await until(() => page.session.isEnded)
    expect(page.breaches).toMatchObject([{ code: 'malformed-message' }])
  })

  it('may use an id again when it is answered', async () => {
    const { page, port, received } = openBroker()
    port.postMessage(request('a', 'echo', 1))
    await until(() => received.length > 0)
    port.postMessage(request('a', 'echo', 2))

    await until(() => received.filter((message) => Object.hasOwn(message as object, 'id')).length === 2)
    expect(page.breaches).toEqual([])
  })

  it('beyond the number worked on at once are a flood', async () => {
    const { page, port } = openAttack({ maxPendingRequests: 3, methods: methodsOf({ wait: () => new Promise(() => {}) }) })
    for (let n = 0; n < 3; n++) port.postMessage(request(`${n}`, 'wait'))
    await until(() => page.session.stats().pendingRequests === 3)
    expect(page.breaches).toEqual([])
    port.postMessage(request('3', 'wait'))

    await until(() => page.session.isEnded)
    expect(page.breaches).toMatchObject([{ code: 'flood' }])
    expect(page.session.stats().pendingRequests).toBe(0)
  })

  it.each<readonly [string, () => unknown]>([
    ['rejects', () => Promise.reject(new Error('a bug of the page'))],
    ['throws', () => {
      throw new Error('a bug of the page')
    }],
    ['gives what cannot be cloned', () => () => 1],
    ['gives what cannot be cloned, deeper', () => ({ ok: true, value: { text: '', buffers: [Symbol('s')] } })],
  ])('to a method that %s end the session, and tell nothing', async (_name, run) => {
    const { page, port, received } = openAttack({ methods: methodsOf({ fail: run }) })
    port.postMessage(request('a', 'fail'))

    await until(() => page.session.isEnded)
    await turns()
    expect(page.breaches).toHaveLength(1)
    expect(JSON.stringify(received)).not.toContain('bug')
    expect(page.session.stats()).toEqual({ pendingCalls: 0, pendingRequests: 0, streams: 0 })
  })

  it('answered after the end send nothing', async () => {
    let answer = (): void => {}
    const { page, port, received } = openAttack({ methods: methodsOf({ wait: () => new Promise<void>((resolve) => (answer = resolve)) }) })
    port.postMessage(request('a', 'wait'))
    await until(() => page.session.stats().pendingRequests === 1)
    await turns()
    const before = received.length
    page.session.end(new Error('over'))
    answer()
    await turns()

    expect(received).toHaveLength(before)
    expect(page.breaches).toEqual([])
  })
})
