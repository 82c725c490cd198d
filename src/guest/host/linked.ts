/** Interfaces that other extensions provide, and glovebox:host/caller. */
import type * as Wit from '../../generated/caller.ts'
import { withPlainLists } from '../component/plain-lists.ts'
import { CapabilityFailure } from '../outward.ts'
import { attempt, type MaybePromise } from '../wait/maybe.ts'
import { WitError } from '../wasi/wit-error.ts'
import type { WasiContext } from '../wasi/context.ts'
import type { Imported } from './call-host.ts'
import { plainInterface } from './interface.ts'

/** Undefined for interfaces that the manifest does not link. */
export function createLinkedInterface(context: WasiContext, links: ReadonlySet<string>, name: string): Readonly<Record<string, unknown>> | undefined {
  const plain = name.replace(/@.*$/, '')
  if (!links.has(plain)) return undefined
  const { outward, call } = context
  return plainInterface(context, (key) => (...args: readonly unknown[]) => attempt(
    () => outward.capability('extension.call', [call.id() ?? null, 'interface', plain, key, args.map(withPlainLists)]),
    valueOf,
    (error) => {
      throw error instanceof CapabilityFailure ? new WitError(`${error.code}: ${error.message}`) : error
    },
  ))
}

interface Failure {
  readonly message?: unknown
  readonly payload?: unknown
}

/** What the function's WIT says of its error only the glue knows: it takes the payload for the `err` case, or unwinds the component. */
function valueOf(answer: unknown): MaybePromise<unknown> {
  const { value, failure } = Object(answer) as { readonly value?: unknown, readonly failure?: Failure } // read as unknown
  if (failure === undefined) return value
  throw new WitError(failure.payload === undefined ? String(failure.message) : failure.payload)
}

export function createCaller({ call }: WasiContext): Imported<Wit.Caller> {
  return { get: () => call.caller() }
}
