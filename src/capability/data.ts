/**
 * Collections of the app's own: it reads and writes them itself, here is what stands in front of that: the grant for the collection's name, the
 * schemas, pages, and a bounded queue of changes for each subscription.
 */
import type * as Wit from '../generated/data.ts'
import { isScopeName } from '../manifest/scope-name.ts'
import { requireKnownKeys } from '../util/known-keys.ts'
import { parseArguments, parseFields, parseInteger, parseText } from './arguments.ts'
import { AppAnswer, appCodeFor, type ProvidedCaller, type ReportError, type RunAppCode } from './app-code.ts'
import { type Authorization, type Capability, CapabilityError, type CapabilityContext, type CapabilityMethod } from './capability.ts'
import { ChangeFeed, type ChangeSource, MAX_CHANGE } from './change-feed.ts'
import { requireJson, toJson } from './json.ts'
import type { Mailboxes } from './mailbox.ts'
import { parseWith } from './schema.ts'
import { isStandardSchema, type StandardSchema } from './standard-schema.ts'
import { openSubscription } from './subscribe.ts'

const MAX_NAME = 64
const MAX_CURSOR = 1024
const MAX_LIMIT = 1000
const MAX_QUERY = 64 * 2 ** 10

export interface DataRequest extends ProvidedCaller {
  /** Where the page begins: what an earlier one gave. A stranger's text. */
  readonly cursor: string | undefined
  /** Items to give at most, 1 to 1000. */
  readonly limit: number
}

export interface DataPage {
  /** JSON each. */
  readonly items: readonly unknown[]
  /** Of the next page, 1 to 1024 characters; none after the last. */
  readonly cursor?: string | null
}

/** A collection that an app gives its extensions. What its functions throw reaches an extension as `internal`, without text. */
export interface ProvidedCollection extends ChangeSource {
  /** The name that permissions ask for: 1 to 64 lowercase letters, digits, dots, dashes and underscores. */
  readonly collection: string
  /** What `write` takes: what does not fit is refused, and what the schema makes of the rest is what `write` gets. Required where there is one. */
  readonly schema?: StandardSchema
  /** What `read` takes. Without it a query is any JSON of a stranger's. */
  readonly query?: StandardSchema
  readonly read: (query: unknown, request: DataRequest) => DataPage | Promise<DataPage>
  /** What it gives, JSON, is the extension's answer. */
  readonly write?: (change: unknown, caller: ProvidedCaller) => unknown
}

interface Entry {
  readonly collection: ProvidedCollection
  readonly feeds: Set<ChangeFeed>
}

interface Admitted {
  readonly entry: Entry
  readonly grant: Authorization
}

/**
 * `data.read(collection, query, {cursor, limit})`, `data.write(collection, change)`, and `data.subscribe(collection)`, which gives the number of a
 * stream of frames.
 */
export class DataHub implements Capability {
  readonly name = 'data'
  readonly methods: ReadonlyMap<string, CapabilityMethod>
  readonly #report: ReportError
  readonly #entries = new Map<string, Entry>()
  readonly #mailboxes: Mailboxes

  constructor(report: ReportError, mailboxes: Mailboxes) {
    this.#report = report
    this.#mailboxes = mailboxes
    const methods: Readonly<Record<keyof Wit.Data, CapabilityMethod>> = {
      read: (args, context) => this.#read(args, context),
      write: (args, context) => this.#write(args, context),
      subscribe: (args, context) => this.#subscribe(args, context),
    }
    this.methods = new Map(Object.entries(methods).map(([name, method]) => [`data.${name}`, method]))
  }

  /** Gives what withdraws it: subscriptions end then. @throws {TypeError} for what is no collection, or is there already */
  provide(collection: ProvidedCollection): () => void {
    requireCollection(collection)
    const { collection: name } = collection
    if (this.#entries.has(name)) throw new TypeError(`The collection ${name} is provided already.`)
    const entry: Entry = { collection, feeds: new Set() }
    this.#entries.set(name, entry)
    return () => {
      if (this.#entries.get(name) === entry) this.#entries.delete(name)
      for (const feed of [...entry.feeds]) feed.end()
    }
  }

  async #read(args: readonly unknown[], context: CapabilityContext): Promise<unknown> {
    parseArguments('data.read', args, 3)
    const given = toJson('The query', args[1], MAX_QUERY)
    const fields = parseFields('options', args[2] ?? {}, ['cursor', 'limit'])
    const after = fields.get('cursor') ?? null
    const cursor = after === null ? undefined : parseText('cursor', after, 1, MAX_CURSOR)
    const limit = parseInteger('limit', fields.get('limit') ?? MAX_LIMIT, 1, MAX_LIMIT)
    const { entry: { collection }, grant } = await this.#admit('data:read', args[0], context)
    const run = appCodeFor(context, this.#report, grant)
    const query = await parse(run, collection.query, 'The query', given)
    return run(async (caller) => new AppAnswer(toPage(await collection.read(query, { ...caller, cursor, limit }), limit), context))
  }

  async #write(args: readonly unknown[], context: CapabilityContext): Promise<unknown> {
    parseArguments('data.write', args, 2)
    const given = toJson('The change', args[1], MAX_CHANGE)
    const { entry: { collection }, grant } = await this.#admit('data:write', args[0], context)
    const { schema, write } = collection
    if (write === undefined) throw new CapabilityError('invalid-argument', `The collection ${collection.collection} cannot be written.`)
    const run = appCodeFor(context, this.#report, grant)
    const change = await parse(run, schema, 'The change', given)
    return run(async (caller) => {
      const answer = await write.call(collection, change, caller)
      requireJson("The app's answer", answer)
      return new AppAnswer(answer, context)
    })
  }

  async #subscribe(args: readonly unknown[], context: CapabilityContext): Promise<unknown> {
    parseArguments('data.subscribe', args, 1)
    const { entry, grant } = await this.#admit('data:read', args[0], context)
    const { collection: name, subscribe } = entry.collection
    if (subscribe === undefined) throw new CapabilityError('invalid-argument', `The collection ${name} tells of no changes.`)
    return openSubscription(context, grant, this.#mailboxes, (queue) => this.#feedOf(entry, context, grant).add(queue))
  }

  /** The instance's own under this grant and for these callers, made at its first subscription. */
  #feedOf({ collection, feeds }: Entry, { identity: extension, provenance: { callers }, signal }: CapabilityContext, grant: Authorization): ChangeFeed {
    const known = [...feeds].find((feed) => feed.isFor(signal, grant.signal, callers))
    if (known !== undefined) return known
    const caller = { extension, onBehalfOf: callers }
    const feed = new ChangeFeed({ collection, caller, epoch: signal, grant: grant.signal, report: this.#report, onEmpty: () => feeds.delete(feed) })
    feeds.add(feed)
    return feed
  }

  /** The grant first: what the app has is nobody's business who may not use it. */
  async #admit(permission: 'data:read' | 'data:write', input: unknown, context: CapabilityContext): Promise<Admitted> {
    const name = parseText('collection', input, 1, MAX_NAME)
    const grant = await context.authorize(permission, { kind: 'collection', name })
    const entry = this.#entries.get(name)
    if (entry === undefined) throw new CapabilityError('invalid-argument', `The app provides no collection ${JSON.stringify(name)}.`)
    return { entry, grant }
  }
}

async function parse(run: RunAppCode, schema: StandardSchema | undefined, what: string, json: string): Promise<unknown> {
  const value: unknown = JSON.parse(json)
  return schema === undefined ? value : parseWith(run, { schema, what, value, take: (output) => output })
}

function toPage(page: DataPage, limit: number): unknown {
  const { items, cursor = null } = page
  if (!Array.isArray(items) || items.length > limit) throw new TypeError(`read must give { items } with at most ${limit} items.`)
  if (cursor !== null && !isCursor(cursor)) throw new TypeError(`read gave a cursor that is no text of 1 to ${MAX_CURSOR} characters.`)
  requireJson('A page', items)
  return { items, cursor }
}

function isCursor(cursor: unknown): boolean {
  return typeof cursor === 'string' && cursor !== '' && cursor.length <= MAX_CURSOR
}

function requireCollection(provided: ProvidedCollection): void {
  requireKnownKeys('provide', provided, ['collection', 'schema', 'query', 'read', 'write', 'subscribe'] satisfies (keyof ProvidedCollection)[])
  const { collection, schema, query, read, write, subscribe } = provided
  if (typeof collection !== 'string' || !isScopeName(collection)) {
    throw new TypeError('collection must be a name of 1 to 64 lowercase letters, digits, dots, dashes and underscores.')
  }
  const refuse = (problem: string): never => {
    throw new TypeError(`The collection ${collection} ${problem}.`)
  }
  if (typeof read !== 'function') refuse('needs a function `read`')
  for (const part of [write, subscribe]) if (part !== undefined && typeof part !== 'function') refuse('has a `write` or `subscribe` that is no function')
  for (const part of [schema, query]) if (part !== undefined && !isStandardSchema(part)) refuse('has a `schema` or `query` that is no Standard Schema')
  if (write !== undefined && schema === undefined) refuse('has a `write` and needs a `schema` for what is written')
}
