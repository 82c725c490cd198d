/** An import of the component's whose functions are made by the names that the glue asks for. */
import { attempt, type MaybePromise } from '../wait/maybe.ts'
import type { WasiContext } from '../wasi/context.ts'
import { WitError } from '../wasi/wit-error.ts'

type ImportedFunction = (...args: readonly unknown[]) => MaybePromise<unknown>

const later = setTimeout

export function plainInterface(context: WasiContext, make: (name: string) => ImportedFunction): Readonly<Record<string, unknown>> {
  return new Proxy<Record<string, unknown>>(Object.create(null), {
    get(functions, key) {
      // A resource's class would begin with a capital: nobody on the other side has one to give.
      if (typeof key !== 'string' || !/^[a-z]/.test(key)) return undefined
      functions[key] ??= withoutHanging(context, make(key))
      return functions[key]
    },
  })
}

/**
 * Whether a function has an error only its type says, which is the glue's: where it has, the glue takes the payload at once. Where it has not,
 * the glue of a component that waits loses the error, and its call would never end.
 */
function withoutHanging({ call }: WasiContext, run: ImportedFunction): ImportedFunction {
  const watched = (error: unknown): never => {
    if (!(error instanceof WitError)) throw error
    const id = call.id()
    const { payload } = error
    let isTaken = false
    const take = (): unknown => {
      isTaken = true
      return payload
    }
    Object.defineProperty(error, 'payload', { get: take, enumerable: true })
    later(() => {
      if (!isTaken && call.id() === id) call.fail(error)
    }, 0)
    throw error
  }
  return (...args) => attempt(() => run(...args), (value) => value, watched)
}
