/**
 * Capabilities of the app's own, in the form of ours: a method says what it needs, the grant for that is looked up, arguments are parsed, the
 * app's code runs. Guests call by name, or, as components, through an interface of the app's.
 */
import { isProvidedName, kebabCase } from '../manifest/provided-name.ts'
import { AppAnswer, appCodeFor, type ProvidedCaller, type ReportError } from './app-code.ts'
import { requireKnownKeys, requireObject } from '../util/known-keys.ts'
import { parseArguments, parseText } from './arguments.ts'
import { type Capability, CapabilityError, type CapabilityContext, type CapabilityMethod } from './capability.ts'
import { parseWith } from './schema.ts'
import { isStandardSchema, type StandardSchema } from './standard-schema.ts'

const MAX_NAME = 256
const METHOD = /^[a-z][A-Za-z0-9]{0,63}$/
/** Without a version: the app's methods stand for all of them. One named `types` is taken to have no functions. */
const INTERFACE = /^(?!wasi:|glovebox:)[a-z][a-z0-9-]*:[a-z][a-z0-9-]*\/(?!types$)[a-z][a-z0-9-]*$/
/** Areas of ours, now or soon: nobody is to take one for the other. */
const RESERVED: readonly string[] = [
  'storage', 'file', 'files', 'http', 'fetch', 'permission', 'permissions', 'function', 'event', 'events', 'data', 'host', 'provided', 'log', 'types',
  'vault', 'clipboard', 'notification', 'notifications', 'serial', 'extension', 'extensions', 'link', 'links', 'ui', 'glovebox', 'wasi',
]

export interface ProvidedMethod {
  /** What the permission `host:call` must name: `<capability>.<needs>`. Several methods may need the same. Default: the method's, `get-notes`. */
  readonly needs?: string
  /** Of the list of arguments. Without it they are a stranger's, of the kinds that cross. */
  readonly args?: StandardSchema<readonly unknown[]>
  /** What it throws reaches the extension as `internal`, without text. */
  readonly run: (args: readonly unknown[], caller: ProvidedCaller) => unknown
}

export interface ProvidedCapability {
  /** `notes`: extensions call `notes.<method>`. */
  readonly capability: string
  /** The interface that components import for it, such as `acme:app/notes`; `get-notes` there is `getNotes` here. */
  readonly wit?: string
  readonly methods: Readonly<Record<string, ProvidedMethod>>
}

interface Entry {
  readonly method: ProvidedMethod
  readonly need: string
}

/** `host.call(name, args)`, with the name `notes.getNotes` or `acme:app/notes#get-notes`. */
export class ProvidedHub implements Capability {
  readonly name = 'host'
  readonly methods: ReadonlyMap<string, CapabilityMethod>
  readonly #report: ReportError
  readonly #capabilities = new Set<string>()
  readonly #entries = new Map<string, Entry>()

  constructor(report: ReportError) {
    this.#report = report
    this.methods = new Map([['host.call', (args, context) => this.#call(args, context)]])
  }

  /** Gives what withdraws it. @throws {TypeError} for what is no capability, or is there already */
  provide(provided: ProvidedCapability): () => void {
    const { capability, wit } = provided
    const entries = readEntries(provided)
    const taken = [capability, ...(wit === undefined ? [] : [wit])]
    const double = taken.find((name) => this.#capabilities.has(name))
    if (double !== undefined) throw new TypeError(`${double} is provided already.`)
    for (const name of taken) this.#capabilities.add(name)
    for (const [name, entry] of entries) this.#entries.set(name, entry)
    let isOver = false
    return () => {
      if (isOver) return
      isOver = true
      for (const name of taken) this.#capabilities.delete(name)
      for (const name of entries.keys()) this.#entries.delete(name)
    }
  }

  async #call(args: readonly unknown[], context: CapabilityContext): Promise<unknown> {
    parseArguments('host.call', args, 2)
    const name = parseText('method', args[0], 1, MAX_NAME)
    const list: unknown = args[1]
    if (!isList(list)) throw new CapabilityError('invalid-argument', `The arguments of ${name} must be a list.`)
    const entry = this.#entries.get(name)
    // The grant first, also for what is not there: what the app has is nobody's business who may not use it.
    const grant = await context.authorize('host:call', { kind: 'provided', name: entry?.need ?? kebabCase(name), called: name })
    if (entry === undefined) throw new CapabilityError('invalid-argument', `The app provides no ${JSON.stringify(name)}.`)
    const { method } = entry
    const run = appCodeFor(context, this.#report, grant)
    const parsed = method.args === undefined ? list : await parseWith(run, {
      schema: method.args, what: `The list of arguments of ${name}`, value: list, take: (output) => requireList(name, output),
    })
    return run(async (caller) => new AppAnswer(await method.run(parsed, caller), context))
  }
}

function isList(input: unknown): input is readonly unknown[] {
  return Array.isArray(input)
}

/** @throws {TypeError} to the app */
function requireList(name: string, output: unknown): readonly unknown[] {
  if (isList(output)) return output
  throw new TypeError(`The schema of ${name} gave no list of arguments.`)
}

function readEntries(provided: ProvidedCapability): ReadonlyMap<string, Entry> {
  requireKnownKeys('provide', provided, ['capability', 'wit', 'methods'] satisfies (keyof ProvidedCapability)[])
  const { capability, wit, methods } = provided
  if (typeof capability !== 'string' || !isProvidedName(capability)) throw new TypeError('capability must be a name such as "notes" or "user-notes".')
  if (RESERVED.includes(capability)) throw new TypeError(`"${capability}" is a name of glovebox's own; choose one that is yours.`)
  if (wit !== undefined && (typeof wit !== 'string' || !INTERFACE.test(wit))) {
    throw new TypeError('wit must be an interface without a version, such as "acme:app/notes".')
  }
  requireObject(`${capability}: methods`, methods)
  const entries = new Map<string, Entry>()
  for (const [name, method] of Object.entries(methods)) {
    const place = `${capability}.${name}`
    if (!METHOD.test(name)) throw new TypeError(`${place.slice(0, 100)}: a method's name is such as "getNotes".`)
    if (typeof method?.run !== 'function') throw new TypeError(`${place} must be an object with a function \`run\`.`)
    requireKnownKeys(place, method, ['needs', 'args', 'run'] satisfies (keyof ProvidedMethod)[])
    if (method.args !== undefined && !isStandardSchema(method.args)) throw new TypeError(`${place}: args must be a Standard Schema.`)
    const { needs = kebabCase(name) } = method
    if (typeof needs !== 'string' || !isProvidedName(needs)) throw new TypeError(`${place}: needs must be a word such as "read".`)
    const entry: Entry = { method, need: `${capability}.${needs}` }
    entries.set(place, entry)
    if (wit !== undefined) entries.set(`${wit}#${kebabCase(name)}`, entry)
  }
  if (entries.size === 0) throw new TypeError(`${capability} has no methods.`)
  return entries
}
