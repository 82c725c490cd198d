/**
 * One conversation over one MessagePort: Comlink's calls in both directions behind a guarded endpoint, byte streams, credit.
 * Comlink alone would walk any property path, construct any value and leave calls pending for ever; it sees only what `#receive` rebuilt:
 * an APPLY of one granted method with one RAW argument, or the reply to a call that is pending. Everything else breaks the session.
 */
import { expose, releaseProxy, transfer, wrap, type Endpoint } from 'comlink'
import { WireError } from '../errors.ts'
import { ReceiveBudget, SendGate } from './budget.ts'
import { Intake } from './intake.ts'
import { isRecord, parseMessage, sizeOf, type Message } from './message.ts'
import { StreamTable } from './stream-table.ts'
import { chunkCost } from './stream.ts'

/** A method the other side may call. Its result is sent as it is: it must be of a form the caller parses. Rejects only for a breach. */
export type SessionMethod = (argument: unknown) => Promise<{ readonly result: unknown; readonly transfer: readonly Transferable[] }>

export interface SessionOptions {
  /** The page charges a budget for what it receives; the guest sends under credit. */
  readonly side: 'page' | 'guest'
  /** By exact name; a Map, since the name of a call is a stranger's string. */
  readonly methods: ReadonlyMap<string, SessionMethod>
  /** Requests worked on at once; more is a flood. The guest's own half refuses earlier. */
  readonly maxPendingRequests: number
  /** The other side broke the protocol or its budget; the session has ended. Called at most once. */
  readonly onBreach: (error: WireError) => void
}

type RemoteMethod = (argument: unknown) => Promise<unknown>
type Remote = Readonly<Record<string, RemoteMethod>> & { readonly [releaseProxy]: () => void }

interface Received {
  readonly message: Message
  readonly bytes: number
}

export interface SessionStats {
  readonly pendingCalls: number
  readonly pendingRequests: number
  readonly streams: number
}

/** Owns its port from construction on, and closes it when it ends. */
export class Session {
  readonly streams: StreamTable
  readonly #port: MessagePort
  readonly #options: SessionOptions
  readonly #budget: ReceiveBudget | undefined
  readonly #intake: Intake<Received> | undefined
  readonly #gate: SendGate | undefined
  readonly #remote: Remote
  readonly #remoteMethods = new Map<string, RemoteMethod>()
  readonly #replies = new RelayEndpoint((message, transferables) => this.#sendCall(message, transferables))
  readonly #requests = new RelayEndpoint((message, transferables) => this.#sendReply(message, transferables))
  /** Calls that no reply has come for, by id; each can be rejected. */
  readonly #awaited = new Map<string, (reason: unknown) => void>()
  /** Ids of requests we work on, with the bytes they hold. */
  readonly #serving = new Map<string, number>()
  /** Of the call that Comlink is posting. */
  #calling: (reason: unknown) => void = () => {}
  #ended: { readonly reason: unknown } | undefined

  constructor(port: MessagePort, options: SessionOptions) {
    this.#port = port
    this.#options = options
    if (options.side === 'page') {
      this.#budget = new ReceiveBudget((credit) => this.#post({ credit: credit.messages, bytes: credit.bytes }, []))
      this.#intake = new Intake((received) => this.#takeUp(received))
    } else this.#gate = new SendGate((message, transferables) => this.#send(message, transferables))
    this.streams = new StreamTable({
      side: options.side,
      send: (stream, frame, transferables) => this.#post({ stream, ...frame }, transferables, frame.op === 'chunk' ? chunkCost(frame.bytes.byteLength) : 0),
      onConsumed: (bytes) => this.#budget?.settle(bytes),
    })
    port.onmessage = (event) => this.#receive(event)
    port.onmessageerror = () => this.#breach(new WireError('malformed-message', "The guest's side sent what this page cannot receive."))
    expose(this.#methodTable(), this.#requests)
    // Comlink's proxy type would be recursive over methods that are only known by name here.
    this.#remote = wrap(this.#replies) as unknown as Remote
  }

  get isEnded(): boolean {
    return this.#ended !== undefined
  }

  /** Calls the other side. Settles with its raw result (unknown: parse it), or rejects with the reason of `end`. */
  call(method: string, argument: unknown, transferables: readonly Transferable[] = []): Promise<unknown> {
    if (this.#ended) return Promise.reject(this.#ended.reason)
    return new Promise((resolve, reject) => {
      this.#calling = reject
      const remote = this.#remoteMethod(method)
      remote(withTransfers(argument, transferables)).then(resolve, reject) // what it throws rejects, too
    })
  }

  /** Ends the session: the port closes, every pending call rejects with `reason`, every stream ends. Idempotent. */
  end(reason: unknown): void {
    if (this.#ended) return
    this.#ended = { reason }
    this.#port.onmessage = null
    this.#port.onmessageerror = null
    this.#port.close()
    this.#budget?.dispose()
    this.#intake?.dispose()
    // A call whose reply has come, be it in this very task, is none of these: it keeps its answer.
    for (const reject of this.#awaited.values()) reject(reason)
    this.streams.abandon(reason)
    this.#awaited.clear()
    this.#serving.clear()
    // Comlink's registry of finalizers holds the endpoint, hence this session and all that it reaches, until the proxy is released.
    this.#remoteMethods.clear()
    this.#remote[releaseProxy]()
  }

  stats(): SessionStats {
    return { pendingCalls: this.#awaited.size, pendingRequests: this.#serving.size, streams: this.streams.size }
  }

  /** Comlink makes a proxy, and registers it for finalization, at every look-up: once is enough. */
  #remoteMethod(method: string): RemoteMethod {
    const known = this.#remoteMethods.get(method)
    if (known !== undefined) return known
    const remote = this.#remote[method]
    if (remote === undefined) throw new TypeError(`No remote method ${method}.`)
    this.#remoteMethods.set(method, remote)
    return remote
  }

  #methodTable(): object {
    const table: Record<string, (argument: unknown) => Promise<unknown>> = Object.create(null)
    for (const [name, method] of this.#options.methods) {
      table[name] = async (argument) => {
        try {
          const { result, transfer: transferables } = await method(argument)
          return withTransfers(result, transferables)
        } catch (error) {
          this.#breach(error instanceof WireError ? error : breach('a call that this side could not handle', error))
          return undefined
        }
      }
    }
    return table
  }

  #receive(event: MessageEvent<unknown>): void {
    if (this.#ended) return
    try {
      const message = parseMessage(event.data)
      const bytes = message === undefined ? 0 : bytesOf(message)
      this.#budget?.charge(bytes)
      if (message === undefined || event.ports.length > 0) throw breach('a message of an unknown form')
      if (this.#intake === undefined) this.#dispatch(message, bytes)
      else if (!this.#intake.accept({ message, bytes })) throw new WireError('flood', "The guest's side sends faster than it has credit for; its frame was removed.")
    } catch (error) {
      this.#breach(error instanceof WireError ? error : breach('a message that could not be handled', error))
    }
  }

  #takeUp({ message, bytes }: Received): void {
    if (this.#ended) return
    this.#budget?.handled()
    try {
      this.#dispatch(message, bytes)
    } catch (error) {
      this.#breach(error instanceof WireError ? error : breach('a message that could not be handled', error))
    }
  }

  #dispatch(message: Message, bytes: number): void {
    switch (message.kind) {
      case 'reply':
        if (!this.#awaited.delete(message.id)) throw breach('a reply to a call that is not pending')
        this.#replies.deliver({ id: message.id, type: 'RAW', value: message.value })
        return this.#budget?.settle(bytes)
      case 'request': {
        if (!this.#options.methods.has(message.method)) throw breach(`a call of the unknown method "${message.method}"`)
        if (this.#serving.size >= this.#options.maxPendingRequests) throw new WireError('flood', "The guest's side has too many calls pending.")
        if (this.#serving.has(message.id)) throw breach('a second call under the id of a pending one')
        this.#serving.set(message.id, bytes)
        const { id, method, argument } = message
        return this.#requests.deliver({ id, type: 'APPLY', path: [method], argumentList: [{ type: 'RAW', value: argument }] })
      }
      case 'stream':
        return this.streams.receive(message.stream, message.frame)
      case 'credit':
        if (this.#gate === undefined) throw breach('credit, which only the page gives')
        return this.#gate.credit(message)
      default:
        message satisfies never
    }
  }

  #breach(error: WireError): void {
    if (this.#ended) return
    this.end(error)
    this.#options.onBreach(error)
  }

  /** What Comlink's `wrap` posts: calls, and RELEASE when it collects a proxy, which we do not use. */
  #sendCall(message: unknown, transferables: Transferable[]): void {
    const call = parseMessage(message)
    if (call === undefined && isRecord(message) && message['type'] === 'RELEASE') return
    // A transfer handler that the app registered with Comlink took the argument: without this the call would wait for ever.
    if (call?.kind !== 'request') throw new TypeError('This call cannot be sent.')
    this.#post(message, transferables, sizeOf(call.argument))
    this.#awaited.set(call.id, this.#calling)
  }

  /** What Comlink's `expose` posts: replies. A method that threw is our own bug; its text stays here. */
  #sendReply(message: unknown, transferables: Transferable[]): void {
    const reply = parseMessage(message)
    if (reply?.kind !== 'reply') return this.#breach(breach('a call whose result cannot be sent'))
    const bytes = this.#serving.get(reply.id)
    this.#serving.delete(reply.id)
    this.#budget?.settle(bytes ?? 0)
    if (this.#gate && !this.#ended) this.#gate.postReply(message, transferables, sizeOf(reply.value))
    else this.#post(message, transferables)
  }

  #post(message: unknown, transferables: Transferable[], bytes = 0): void {
    if (this.#ended) return
    if (this.#gate) this.#gate.post(message, transferables, bytes)
    else this.#send(message, transferables)
  }

  /** Engines walk a list, also an empty one, by its iterator. */
  #send(message: unknown, transferables: Transferable[]): void {
    if (transferables.length > 0) this.#port.postMessage(message, transferables)
    else this.#port.postMessage(message)
  }
}

/** `value`, with what is to be transferred when Comlink posts it: Comlink notes that in a WeakMap, which most messages need not be in. */
function withTransfers<T>(value: T, transferables: readonly Transferable[]): T {
  return transferables.length > 0 ? transfer(value, [...transferables]) : value
}

/** What Comlink believes to be its port. */
class RelayEndpoint implements Endpoint {
  readonly #listeners = new Set<EventListenerOrEventListenerObject>()
  readonly #send: (message: unknown, transferables: Transferable[]) => void

  constructor(send: (message: unknown, transferables: Transferable[]) => void) {
    this.#send = send
  }

  postMessage(message: unknown, transferables: Transferable[] = []): void {
    this.#send(message, transferables)
  }

  addEventListener(_type: string, listener: EventListenerOrEventListenerObject): void {
    this.#listeners.add(listener)
  }

  removeEventListener(_type: string, listener: EventListenerOrEventListenerObject): void {
    this.#listeners.delete(listener)
  }

  deliver(data: unknown): void {
    const event = { data } as MessageEvent // all that Comlink reads of one where every origin is allowed; the engine's own would cost more than the parsing
    for (const listener of this.#listeners) {
      if (typeof listener === 'function') listener(event)
      else listener.handleEvent(event)
    }
  }
}

function bytesOf(message: Message): number {
  switch (message.kind) {
    case 'request':
      return sizeOf(message.argument)
    case 'reply':
      return sizeOf(message.value)
    case 'stream':
      return message.frame.op === 'chunk' ? chunkCost(message.frame.bytes.byteLength) : 0
    case 'credit':
      return 0
    default:
      return message satisfies never
  }
}

function breach(what: string, cause?: unknown): WireError {
  return new WireError('malformed-message', `The guest's side sent ${what}.`, { cause })
}
