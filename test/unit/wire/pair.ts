/** Sessions over real MessagePorts: an honest pair, or one whose other end is a raw port in a stranger's hands. */
import { afterEach } from 'vitest'
import type { WireError } from '../../../src/errors.ts'
import { Session, type SessionMethod, type SessionOptions } from '../../../src/wire/session.ts'

const teardowns: (() => void)[] = []

afterEach(() => {
  for (const teardown of teardowns.splice(0)) teardown()
})

export type Methods = Readonly<Record<string, (argument: unknown) => unknown>>

export function methodsOf(methods: Methods): ReadonlyMap<string, SessionMethod> {
  return new Map(Object.entries(methods).map(([name, run]) => [name, async (argument) => ({ result: await run(argument), transfer: [] })]))
}

export interface Side {
  readonly session: Session
  readonly breaches: WireError[]
}

export function openSide(port: MessagePort, side: 'page' | 'guest', options: Partial<SessionOptions> = {}): Side {
  const breaches: WireError[] = []
  const session = new Session(port, { side, methods: new Map(), maxPendingRequests: 256, onBreach: (error) => breaches.push(error), ...options })
  teardowns.push(() => session.end(new Error('The test is over.')))
  return { session, breaches }
}

export function openPair(options: { readonly page?: Methods, readonly guest?: Methods } = {}): { readonly page: Side, readonly guest: Side } {
  const { port1, port2 } = new MessageChannel()
  return {
    page: openSide(port1, 'page', { methods: methodsOf(options.page ?? {}) }),
    guest: openSide(port2, 'guest', { methods: methodsOf(options.guest ?? {}), maxPendingRequests: 65_536 }),
  }
}

export interface Attack {
  readonly page: Side
  /** The end that the page's session owns. */
  readonly pagePort: MessagePort
  /** The stranger's end. */
  readonly port: MessagePort
  /** What the page has sent so far. */
  readonly received: unknown[]
}

export function openAttack(options: Partial<SessionOptions> = {}): Attack {
  const { port1, port2 } = new MessageChannel()
  const received: unknown[] = []
  port2.onmessage = (event) => received.push(event.data)
  teardowns.push(() => port2.close())
  return { page: openSide(port1, 'page', options), pagePort: port1, port: port2, received }
}

/** As many tasks as a message needs to be there and be answered, on an idle port of its own. */
export async function turns(count = 5): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve))
}

/** Resolves when `condition` holds; the test's own timeout ends the wait. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await turns(1)
}

export function request(id: string, method: string, argument: unknown = { text: '[]', buffers: [] }): object {
  return { id, type: 'APPLY', path: [method], argumentList: [{ type: 'RAW', value: argument }] }
}

export function reply(id: string, value: unknown): object {
  return { id, type: 'RAW', value }
}
