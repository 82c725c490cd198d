/**
 * Functions of the app's own that it lends to extensions: imports of core modules (Extism calls them host functions). Offering one to an
 * extension is the grant: the app names the extensions, nobody is asked. An id is a manifest's own claim, so it names somebody only together
 * with where the package came from.
 */
import { type ExtensionIdentity, LOCAL_ORIGIN } from '../manifest/identity.ts'
import { AppAnswer, appCodeFor, type ProvidedCaller, type ReportError } from './app-code.ts'
import { parseArguments, parseText } from './arguments.ts'
import { type Capability, CapabilityError } from './capability.ts'

/** How a value crosses from and to the module: `bytes` and `text` and `json` lie in its memory, the others are numbers (`i64` a bigint). */
export type HostValueKind = 'bytes' | 'text' | 'json' | 'i32' | 'i64' | 'f32' | 'f64'
export const HOST_VALUE_KINDS = ['bytes', 'text', 'json', 'i32', 'i64', 'f32', 'f64'] as const satisfies readonly HostValueKind[]

export interface HostFunction {
  /** Ids of the extensions that may call it, or all. */
  readonly extensions: readonly string[] | 'all'
  /**
   * Where they come from: the URL of the manifest up to its last `/`, or `local`. Compared exactly. Default: for `'all'` anywhere; for ids what
   * the app itself hands over, packages without a URL (`local`) and those below the page's own origin.
   */
  readonly origins?: readonly string[]
  readonly params: readonly HostValueKind[]
  /** Default: none. */
  readonly result?: HostValueKind
  /**
   * `args` come from a guest: of the kinds in `params`, otherwise whatever it likes. What this throws is an uncaught error of the page, and reaches
   * the guest as a failure without text. `signal` aborts when the guest is gone, which then waits no longer.
   */
  readonly run: (args: readonly unknown[], context: ProvidedCaller) => unknown
}

/** By module and field of the import: `{ 'extism:host/user': { greet: { … } } }`. */
export type HostFunctions = Readonly<Record<string, Readonly<Record<string, HostFunction>>>>

/** What a worker needs to know of a function: `[module, field, params, result]`. */
export type HostSignature = readonly [module: string, field: string, params: readonly HostValueKind[], result: HostValueKind | null]

const MAX_NAME = 256

export class FunctionTable {
  readonly #functions: ReadonlyMap<string, ReadonlyMap<string, HostFunction>>
  readonly #pageOrigin: string
  readonly #report: ReportError

  /** @param pageOrigin  `location.origin` */
  constructor(functions: HostFunctions, pageOrigin: string, report: ReportError) {
    this.#pageOrigin = pageOrigin
    this.#report = report
    this.#functions = new Map(Object.entries(functions).map(([module, fields]) => [module, new Map(Object.entries(fields))]))
  }

  /** The functions that this extension may call. */
  signaturesFor(identity: ExtensionIdentity): readonly HostSignature[] {
    return [...this.#functions].flatMap(([module, fields]) => [...fields].flatMap(([field, fn]): HostSignature[] =>
      this.#isOffered(fn, identity) ? [[module, field, fn.params, fn.result ?? null]] : []))
  }

  /** `function.call(module, field, args)`. */
  capability(): Capability {
    return { name: 'function', methods: new Map([['function.call', async (args, context) => {
      const { identity, onBehalf } = context
      parseArguments('function.call', args, 3)
      const [module, field] = [parseText('module', args[0], 1, MAX_NAME), parseText('field', args[1], 1, MAX_NAME)]
      const fn = this.#functions.get(module)?.get(field)
      // What the app lends to this extension alone, no other shall use through it.
      if (fn === undefined || !this.#isOffered(fn, identity) || (onBehalf !== undefined && fn.extensions !== 'all')) {
        throw new CapabilityError('invalid-argument', `There is no function ${field} in ${module}.`)
      }
      const list: unknown = args[2]
      if (!Array.isArray(list) || list.length !== fn.params.length || !list.every((value, index) => isOfKind(value, fn.params[index]))) {
        throw new CapabilityError('invalid-argument', `${field} takes ${fn.params.length} arguments: ${fn.params.join(', ')}.`)
      }
      return appCodeFor(context, this.#report)(async (caller) => {
        const result: unknown = await fn.run(list, caller)
        if (fn.result === undefined) return undefined
        if (isOfKind(result, fn.result)) return new AppAnswer(result, context)
        throw new TypeError(`The function ${field} of the app gave ${typeof result}, not ${fn.result}.`)
      })
    }]]) }
  }

  #isOffered({ extensions, origins }: HostFunction, { id, origin }: ExtensionIdentity): boolean {
    if (extensions !== 'all' && !extensions.includes(id)) return false
    if (origins !== undefined) return origins.includes(origin)
    return extensions === 'all' || origin === LOCAL_ORIGIN || origin.startsWith(`${this.#pageOrigin}/`)
  }
}

function isOfKind(value: unknown, kind: HostValueKind | undefined): boolean {
  switch (kind) {
    case 'bytes': return value instanceof Uint8Array
    case 'text': return typeof value === 'string'
    case 'i64': return typeof value === 'bigint'
    case 'json': return true
    case 'i32': case 'f32': case 'f64': return typeof value === 'number'
    default: return false
  }
}
