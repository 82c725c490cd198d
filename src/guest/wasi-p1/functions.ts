/**
 * How the functions of preview 1 are written down: parameters, and what they do. The signature of an import is the guest's choice, so a value
 * of another type than the parameter's is refused before the function sees it.
 */
import { attempt, type MaybePromise } from '../wait/maybe.ts'
import { ERRNO, errnoOf } from './errno.ts'

type Parameter = 'i32' | 'i64'
type Values<Parameters extends readonly Parameter[]> = { readonly [Index in keyof Parameters]: Parameters[Index] extends 'i32' ? number : bigint }

/** What the guest imports. All but `proc_exit` give an i32, the error number; 0 is success. */
export interface WasiFunction {
  readonly parameters: readonly Parameter[]
  readonly run: (...values: readonly unknown[]) => MaybePromise<number>
}

export type WasiFunctions = Readonly<Record<string, WasiFunction>>

/** `run` gets unsigned values; what it throws becomes the error number. */
export function wasiFunction<const Parameters extends readonly Parameter[]>(
  parameters: Parameters, run: (...values: Values<Parameters>) => MaybePromise<void>,
): WasiFunction {
  return {
    parameters,
    run: (...values) => {
      const converted: (number | bigint)[] = []
      for (const [index, parameter] of parameters.entries()) {
        const value = values[index]
        if (parameter === 'i32' && typeof value === 'number') converted.push(value >>> 0)
        else if (parameter === 'i64' && typeof value === 'bigint') converted.push(BigInt.asUintN(64, value))
        else return ERRNO.inval
      }
      // One value of the right type for each parameter.
      return attempt(() => run(...(converted as unknown as Values<Parameters>)), succeed, errnoOf)
    },
  }
}

function succeed(): number {
  return ERRNO.success
}
