/** The line of a worker that blocks, in the hands of a stranger and of an honest worker. */
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { WireError } from '../../../src/errors.ts'
import { WaitServer } from '../../../src/host/frame/wait-server.ts'
import { MAX_MESSAGES_PER_TURN } from '../../../src/wire/budget.ts'
import { turns } from '../wire/pair.ts'

const teardowns: (() => void)[] = []
afterEach(() => {
  for (const teardown of teardowns.splice(0)) teardown()
})

function open(): { readonly port: MessagePort, readonly breaches: WireError[], readonly answers: () => number, readonly answered: (ask: () => void) => Promise<void>, readonly served: () => number } {
  const { port1, port2 } = new MessageChannel()
  const breaches: WireError[] = []
  let answers = 0
  let served = 0
  let wake: (() => void) | undefined
  const server = new WaitServer({ port: port1, answer: () => {
    answers++
    wake?.()
  } }, {
    capability: async () => {
      served++
      return { ok: true, value: { text: '1', buffers: [] } }
    },
    onBreach: (error) => {
      breaches.push(error)
      server.end(error)
    },
  })
  teardowns.push(() => server.end(new Error('The test is over.')), () => port2.close())
  const answered = (ask: () => void): Promise<void> => new Promise((resolve) => {
    wake = resolve
    ask()
  })
  return { port: port2, breaches, answers: () => answers, answered, served: () => served }
}

const CANCEL = { op: 'cancel', stream: 1 }

describe('the line of a worker that blocks', () => {
  test('ends with a flood that waits for no answer, within what one turn may bring', async () => {
    const { port, breaches, answers } = open()

    for (let n = 0; n < 20_000; n++) port.postMessage(CANCEL)
    await vi.waitFor(() => expect(breaches).toHaveLength(1), 5000)
    await turns(20)

    expect(breaches[0]?.code).toMatch(/^(flood|malformed-message)$/)
    expect(breaches).toHaveLength(1)
    expect(answers()).toBeLessThanOrEqual(MAX_MESSAGES_PER_TURN)
  })

  test('is slow for an honest worker that asks without a pause, and never a flood', { timeout: 20_000 }, async () => {
    const { port, breaches, answers, answered } = open()

    for (let n = 0; n < 10_500; n++) await answered(() => port.postMessage(CANCEL))

    expect([answers(), breaches]).toEqual([10_500, []])
  })

  test.each<readonly [string, object]>([
    ['a large payload', { op: 'capability', method: 'storage.set', payload: { text: '[]', buffers: [new ArrayBuffer(65 * 2 ** 20)] } }],
    ['a large text', { op: 'capability', method: 'storage.set', payload: { text: 'x'.repeat(65 * 2 ** 20), buffers: [] } }],
  ])('ends with %s, unread', async (_, message) => {
    const { port, breaches, served } = open()

    port.postMessage(message)
    await vi.waitFor(() => expect(breaches).toHaveLength(1), 5000)

    expect([breaches[0]?.code, served()]).toEqual(['flood', 0])
  })

  test('ends with more for which nothing is left, a second request, and a port', async () => {
    for (const send of [
      (port: MessagePort) => port.postMessage({ op: 'more' }),
      (port: MessagePort) => [1, 2].forEach(() => port.postMessage({ op: 'sleep', ms: 1000 })),
      (port: MessagePort) => port.postMessage({ op: 'sleep', ms: 1 }, [new MessageChannel().port1]),
    ]) {
      const { port, breaches } = open()
      send(port)
      await vi.waitFor(() => expect(breaches.map(({ code }) => code)).toEqual(['malformed-message']), 2000)
    }
  })
})
