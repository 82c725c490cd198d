/**
 * Functions of the app's own that it lends to extensions: imports of core modules (Extism calls them host functions). Offering one to an
 * extension is the grant: the app names the extensions, nobody is asked.
 */
import type { ProvidedCaller } from './app-code.ts'
import { parseArguments, parseText } from './arguments.ts'
import { type Capability, CapabilityError } from './capability.ts'

/** How a value crosses from and to the module: `bytes` and `text` and `json` lie in its memory, the others are numbers (`i64` a bigint). */
export type HostValueKind = 'bytes' | 'text' | 'json' | 'i32' | 'i64' | 'f32' | 'f64'
export const HOST_VALUE_KINDS = ['bytes', 'text', 'json', 'i32', 'i64', 'f32', 'f64'] as const satisfies readonly HostValueKind[]

export interface HostFunction {
  /** Ids of the extensions that may call it, or all. */
  readonly extensions: readonly string[] | 'all'
  readonly params: readonly HostValueKind[]
  /** Default: none. */
  readonly result?: HostValueKind
  /**
   * `args` come from a guest: of the kinds in `params`, otherwise whatever it likes. What this throws reaches the guest as a failure without text.
   * `signal` aborts when the guest is gone.
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

  constructor(functions: HostFunctions) {
    this.#functions = new Map(Object.entries(functions).map(([module, fields]) => [module, new Map(Object.entries(fields))]))
  }

  /** The functions that this extension may call. */
  signaturesFor(id: string): readonly HostSignature[] {
    return [...this.#functions].flatMap(([module, fields]) => [...fields].flatMap(([field, fn]): HostSignature[] =>
      isOffered(fn, id) ? [[module, field, fn.params, fn.result ?? null]] : []))
  }

  /** `function.call(module, field, args)`. */
  capability(): Capability {
    return { name: 'function', methods: new Map([['function.call', async (args, { identity, signal, onBehalf, provenance }) => {
      parseArguments('function.call', args, 3)
      const [module, field] = [parseText('module', args[0], 1, MAX_NAME), parseText('field', args[1], 1, MAX_NAME)]
      const fn = this.#functions.get(module)?.get(field)
      // What the app lends to this extension alone, no other shall use through it.
      if (fn === undefined || !isOffered(fn, identity.id) || (onBehalf !== undefined && fn.extensions !== 'all')) throw new CapabilityError('invalid-argument', `There is no function ${field} in ${module}.`)
      const list: unknown = args[2]
      if (!Array.isArray(list) || list.length !== fn.params.length || !list.every((value, index) => isOfKind(value, fn.params[index]))) {
        throw new CapabilityError('invalid-argument', `${field} takes ${fn.params.length} arguments: ${fn.params.join(', ')}.`)
      }
      const result = await fn.run(list, { extension: identity, onBehalfOf: provenance.callers, signal })
      signal.throwIfAborted()
      if (fn.result === undefined) return undefined
      if (isOfKind(result, fn.result)) return result
      throw new TypeError(`The function ${field} of the app gave ${typeof result}, not ${fn.result}.`) // the app's fault: the guest hears "internal"
    }]]) }
  }
}

function isOffered(fn: HostFunction, id: string): boolean {
  return fn.extensions === 'all' || fn.extensions.includes(id)
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
