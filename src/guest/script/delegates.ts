/** The ops that the guest's half may ask for: our own first, then every delegate's, by number. */
import type { GuestLimit } from '../../wire/guest-limit.ts'
import { DelegateError, type BridgeValue, type DelegateContext } from './bridge.ts'
import { CORE_OPS, type CoreOp } from './crossing.ts'
import { DELEGATES } from './delegate/index.ts'
import { OpError } from './engine.ts'
import type { Origin } from './epoch.ts'

export type CoreOps = Readonly<Record<CoreOp, (args: readonly BridgeValue[]) => BridgeValue>>

/** Names of all ops by number; an image holds the numbers, so they are compared before it is used. */
export const OP_NAMES: readonly string[] = [...CORE_OPS, ...DELEGATES.flatMap((delegate) => [...delegate.keys()])]

export interface OpTable {
  /** Never throws: what an op threw comes back. */
  run(op: number, args: readonly BridgeValue[]): BridgeValue | OpError
}

/** @param onLimit  an op was refused for this limit */
export function createOpTable(core: CoreOps, context: () => DelegateContext, origin: () => Origin, onLimit: (limit: GuestLimit) => void): OpTable {
  const run: ((args: readonly BridgeValue[]) => BridgeValue)[] = CORE_OPS.map((name) => core[name])
  for (const delegate of DELEGATES) {
    for (const [name, op] of delegate) {
      run.push((args) => {
        const result = op(args, context())
        if (name.startsWith('timer.')) watchTimers(origin(), name, args)
        return result
      })
    }
  }
  return {
    run(op, args) {
      try {
        return run[op]?.(args)
      } catch (error) {
        if (error instanceof DelegateError && error.limit !== undefined) onLimit(error.limit)
        return toOpError(error)
      }
    },
  }
}

function watchTimers({ epoch, call }: Origin, op: string, args: readonly BridgeValue[]): void {
  epoch.timers.watch(op, args, call)
}

/** The worker's own exceptions are the web's (a TypeError of URL's, say): their text is for the guest, their stack is not. */
function toOpError(error: unknown): OpError {
  if (error instanceof DelegateError) return new OpError(error.name, error.message, error.code)
  return new OpError('TypeError', error instanceof Error ? error.message : 'The operation failed', '')
}
