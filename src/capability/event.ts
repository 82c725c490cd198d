/**
 * Named events between extensions and the app: `<extension id>/<name>` is emitted by that extension alone, `host/<name>` by the app alone. They
 * reach the instances that listen right now, and the app; nothing is kept, and nobody is started for one.
 */
import { PermissionError } from '../errors.ts'
import type * as Wit from '../generated/event.ts'
import { appCodeFor } from './app-code.ts'
import { parseArguments, parseText, refuse } from './arguments.ts'
import type { Capability, CapabilityContext, CapabilityMethod } from './capability.ts'
import { isEventName, MAX_EVENT_NAME } from './event-name.ts'
import { toJson } from './json.ts'
import type { Mailboxes } from './mailbox.ts'
import { parseWith } from './schema.ts'
import type { StandardSchema } from './standard-schema.ts'
import { openSubscription } from './subscribe.ts'

const MAX_CHARS = 64 * 2 ** 10
const HOST = 'host/'

export interface HostEvent {
  /** Its first part is the emitter: an extension's id, or `host`. */
  readonly name: string
  /** JSON, and what the event's schema made of it. A fresh copy. */
  readonly value: unknown
}

export interface EventHubOptions {
  readonly schemas: ReadonlyMap<string, StandardSchema>
  readonly mailboxes: Mailboxes
  /** A listener of the app's threw, or a schema for what an extension emits. */
  readonly reportError: (error: unknown) => void
}

/** `event.emit(name, value)` and `event.listen(name)`, which gives the number of a stream of frames. */
export class EventHub implements Capability {
  readonly name = 'event'
  readonly methods: ReadonlyMap<string, CapabilityMethod>
  readonly #options: EventHubOptions
  readonly #targets = new Map<string, Set<(json: string) => void>>()

  constructor(options: EventHubOptions) {
    this.#options = options
    const methods: Readonly<Record<keyof Wit.Event, CapabilityMethod>> = {
      emit: (args, context) => this.#emitFor(args, context),
      listen: (args, context) => this.#listenFor(args, context),
    }
    this.methods = new Map(Object.entries(methods).map(([name, method]) => [`event.${name}`, method]))
  }

  /** For the app. @throws {TypeError} for names that are not the app's, values that are no JSON, too large, or do not fit the schema */
  async emit(name: string, value: unknown): Promise<void> {
    if (!name.startsWith(HOST) || !isEventName(name)) {
      throw new TypeError(`The app emits events such as 'host/theme', got ${JSON.stringify(name.slice(0, 100))}.`)
    }
    this.#deliver(name, await this.#toJson(name, value, (work) => work()).catch((cause: unknown) => {
      throw cause instanceof Error ? new TypeError(cause.message, { cause }) : cause
    }))
  }

  /** For the app. Gives what ends it. */
  listen(name: string, callback: (event: HostEvent) => void): () => void {
    return this.#add(name, (json) => {
      try {
        callback({ name, value: JSON.parse(json) })
      } catch (error) {
        this.#options.reportError(error) // the others hear it all the same
      }
    })
  }

  async #emitFor(args: readonly unknown[], context: CapabilityContext): Promise<void> {
    parseArguments('event.emit', args, 2)
    const name = parseName(args[0])
    const { id } = context.identity
    context.uses('event:emit', { kind: 'event', name }) // also of what is refused next
    if (!name.startsWith(`${id}/`)) throw new PermissionError('permission-denied', `An extension emits under its own id, ${id}/..., not ${name}.`)
    // Before anything is asked or parsed: refused ones cost as much.
    context.meter.take('eventsPerSecond')
    const grant = await context.authorize('event:emit', { kind: 'event', name })
    const json = await this.#toJson(name, args[1], appCodeFor(context, this.#options.reportError, grant))
    grant.signal.throwIfAborted()
    this.#deliver(name, json)
  }

  async #listenFor(args: readonly unknown[], context: CapabilityContext): Promise<number> {
    parseArguments('event.listen', args, 1)
    const name = parseName(args[0])
    const grant = await context.authorize('event:listen', { kind: 'event', name })
    return openSubscription(context, grant, this.#options.mailboxes, (queue) => this.#add(name, (json) => queue.push(json)))
  }

  /** @param run  runs a schema: the app hears of its mistakes itself where it emits */
  async #toJson(name: string, value: unknown, run: <R>(work: () => Promise<R>) => Promise<R>): Promise<string> {
    const what = `The event ${name}`
    const given = toJson(what, value, MAX_CHARS) // also what a schema drops must be JSON, and small
    const schema = this.#options.schemas.get(name)
    if (schema === undefined) return given
    return parseWith(run, { schema, what, value: JSON.parse(given), take: (output) => toJson(what, output, MAX_CHARS) })
  }

  #deliver(name: string, json: string): void {
    for (const target of [...this.#targets.get(name) ?? []]) target(json)
  }

  #add(name: string, target: (json: string) => void): () => void {
    const targets = this.#targets.get(name) ?? new Set()
    this.#targets.set(name, targets.add(target))
    return () => {
      targets.delete(target)
      if (targets.size === 0 && this.#targets.get(name) === targets) this.#targets.delete(name)
    }
  }
}

function parseName(input: unknown): string {
  const name = parseText('name', input, 3, MAX_EVENT_NAME)
  return isEventName(name) ? name : refuse('name', 'an event such as "com.acme.weather/changed"', input)
}
