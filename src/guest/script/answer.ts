/** Delegate ops that take their time: the guest's promise is settled by an entry of its own when the worker is done. */
import { DelegateError, type BridgeValue } from './bridge.ts'
import { ENTRY } from './crossing.ts'
import type { Epoch } from './epoch.ts'
import type { VmLimits } from './vm-types.ts'

export interface AnswerHost {
  readonly limits: VmLimits
  enter(entry: number, ...args: readonly BridgeValue[]): void
}

/** @throws {DelegateError} queue-full */
export function answerLater(host: AnswerHost, epoch: Epoch, id: BridgeValue, result: Promise<BridgeValue>): void {
  const { pendingCapabilityCalls } = host.limits
  if (epoch.pendingAnswers >= pendingCapabilityCalls) {
    result.catch(() => {}) // nobody waits for it
    throw new DelegateError('LimitError', `At most ${pendingCapabilityCalls} operations may be under way`, 'queue-full', 'pendingCapabilityCalls')
  }
  epoch.pendingAnswers++
  result.then(
    (value) => {
      epoch.pendingAnswers--
      host.enter(ENTRY.resolve, id, value)
    },
    (error: unknown) => {
      epoch.pendingAnswers--
      const { name, message, code } = describe(error)
      host.enter(ENTRY.reject, id, name, message, code)
    },
  )
}

/** The worker's own exceptions are the web's: name and text are for the guest, the stack is not. */
function describe(error: unknown): { readonly name: string; readonly message: string; readonly code: string } {
  if (error instanceof DelegateError) return { name: error.name, message: error.message, code: error.code }
  if (error instanceof Error) return { name: error.name, message: error.message, code: '' }
  return { name: 'TypeError', message: 'The operation failed', code: '' }
}
