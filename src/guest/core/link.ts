/** The imports of a core module: each is found among what is offered, of the type that it has, or the module does not start. */
import { type CoreImport, type CoreSignature, type FunctionType, showType } from '../../wire/core-signature.ts'
import type { MaybePromise } from '../wait/maybe.ts'
import { suspending } from '../wasi-p1/suspend.ts'
import { CoreFault, GuestFailure } from './failure.ts'

type WasmValue = number | bigint

export interface ImportFunction {
  /** Undefined: it takes what it gets. */
  readonly type: FunctionType | undefined
  /** Its answer may be a promise. */
  readonly waits?: boolean
  readonly run: (...args: never[]) => MaybePromise<WasmValue | undefined | void>
}

/** Undefined: not one of ours. */
export type Offer = (module: string, name: string) => ImportFunction | undefined

export interface LinkOptions {
  readonly offers: readonly Offer[]
  readonly waiting: 'jspi' | 'shared-buffer' | 'never'
  /** For a memory that is imported as `env.memory`, 64 KiB pages. */
  readonly memory: { readonly initial: number; readonly maximum: number }
}

export interface Linked {
  readonly imports: WebAssembly.Imports
  /** Exports must be called as promises: an import may suspend them. */
  readonly suspends: boolean
  readonly memory: WebAssembly.Memory | undefined
}

/** @throws {GuestFailure} LinkError, NotSupportedError @throws {CoreFault} memory-exceeded */
export function link({ imports }: CoreSignature, options: LinkOptions): Linked {
  const made = new Map<string, Map<string, WebAssembly.ImportValue>>()
  let [suspends, memory] = [false, undefined as WebAssembly.Memory | undefined] // widened: set below
  for (const one of imports) {
    const { module, name, is } = one
    const fields = made.get(module) ?? new Map<string, WebAssembly.ImportValue>()
    made.set(module, fields)
    if (is.kind === 'memory' && module === 'env' && name === 'memory') {
      memory = makeMemory(is, options.memory)
      fields.set(name, memory)
      continue
    }
    const found = find(one, options)
    suspends ||= found.waits === true && options.waiting === 'jspi'
    fields.set(name, found.waits === true && options.waiting === 'jspi' ? suspending(found.run) : found.run)
  }
  return { imports: toObject(made), suspends, memory }
}

function find({ module, name, is }: CoreImport, { offers, waiting }: LinkOptions): ImportFunction {
  const place = `${module}.${name}`
  if (is.kind !== 'function') throw new GuestFailure('LinkError', `The module imports the ${is.kind} ${place}, which glovebox does not offer.`)
  const found = offers.map((offer) => offer(module, name)).find((offered) => offered !== undefined)
  if (found === undefined) {
    throw new GuestFailure('LinkError', `The module imports the function ${place} ${showType(is.type)}, which glovebox does not offer.`)
  }
  if (found.type !== undefined && found.type !== is.type) {
    throw new GuestFailure('LinkError', `The module imports ${place} as ${showType(is.type)}; it is ${showType(found.type)}.`)
  }
  if (found.waits === true && waiting === 'never') {
    const why = 'this browser has no JSPI, and the page is not cross-origin isolated'
    throw new GuestFailure('NotSupportedError', `The module imports ${place}, which waits for an answer: ${why}.`)
  }
  return found
}

function makeMemory(is: { readonly minimum: number; readonly maximum: number | undefined }, given: LinkOptions['memory']): WebAssembly.Memory {
  const maximum = Math.min(given.maximum, is.maximum ?? given.maximum)
  const initial = Math.max(is.minimum, Math.min(given.initial, maximum))
  if (initial > maximum) throw new CoreFault('memory-exceeded', `The module needs ${initial} pages of memory; the limit is ${maximum}.`)
  return new WebAssembly.Memory({ initial, maximum })
}

function toObject(made: ReadonlyMap<string, ReadonlyMap<string, WebAssembly.ImportValue>>): WebAssembly.Imports {
  const imports: WebAssembly.Imports = Object.create(null)
  for (const [module, fields] of made) {
    const record: WebAssembly.ModuleImports = Object.create(null)
    for (const [name, value] of fields) record[name] = value
    imports[module] = record
  }
  return imports
}
