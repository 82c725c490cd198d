/**
 * One call of an export on a lent instance: its deadline, the caller's abort, and the one way it ends. Nothing here waits for the guest:
 * when time is up the caller hears it at once, and the instance is ended.
 */
import { GuestError, isGloveboxError, LimitError, WireError } from '../../errors.ts'
import type { Limits } from '../../manifest/limits.ts'
import { decodeForeignValue } from '../../wire/foreign-value.ts'
import type { Payload } from '../../wire/payload.ts'
import type { ToHandle } from '../../wire/value.ts'
import { Deadline } from '../instance/deadline.ts'
import type { Instance } from '../instance/instance.ts'
import { endedWithOther, INTERRUPT_GRACE_MS } from '../instance/lifecycle.ts'
import { isFatal, toHostError } from '../instance/outcome.ts'
import type { PendingCall } from '../instance/pending-calls.ts'
import { valueLimits } from './value-limits.ts'

export interface CallRequest {
  /** `fetch`: `args` is the head of a request; `run`: a RunRequest. Default: a call of an export. */
  readonly kind?: 'fetch' | 'run'
  readonly call: PendingCall
  readonly args: Payload
  readonly timeoutMs: number
  readonly signal: AbortSignal | undefined
  readonly limits: Limits
  /** The number of an object in the guest whose method is called. */
  readonly handle?: number
  /** Id of the extension that calls, where it is one. */
  readonly caller?: string
  /** Makes the handles of objects in the result. */
  readonly toHandle?: ToHandle
}

/** After the caller aborted, a guest that gives no sign of life within this is ended: it loops. On a busy machine a first call alone takes 250 ms. */
const ABORT_GRACE_MS = 1_000

const RAN = 'its code was still running (a loop that does not end?)'
const WAITED = 'it was waiting (for an answer, a timer, a promise that nobody settles?)'

/** The deadlines of an extension's calls in flight, to be stopped while a person reads a prompt. */
export type DeadlineSet = Set<Pick<Deadline, 'pause' | 'resume'>>

export function runCall(instance: Instance, request: CallRequest, deadlines: DeadlineSet): Promise<unknown> {
  const { kind, call, args, timeoutMs, signal, limits, handle, caller, toHandle } = request
  const { id, name } = call
  return new Promise((resolve, reject) => {
    const late = (was: string): LimitError => {
      const details = { timeoutMs, ...(timeoutMs === limits.callMs && { limit: 'callMs' }) } // less was the app's wish
      return new LimitError('deadline-exceeded', `"${name}" did not finish within ${timeoutMs} ms: ${was}. Its instance was ended.`, { details })
    }
    let isOver = false
    const { era } = instance
    const overdue = (isAlive: boolean): void => {
      if (isOver || instance.era !== era) return // it was aborted, and others have the instance now
      reject(late(isAlive ? WAITED : RAN))
      instance.end(endedWithOther(), isAlive)
    }
    let grace: ReturnType<typeof setTimeout> | undefined
    const deadline = new Deadline(timeoutMs, () => {
      // A worker that answers now waits for something. One that does not: the VM's own interrupt is due, or it is stuck in a native loop.
      grace = setTimeout(() => overdue(false), INTERRUPT_GRACE_MS)
      instance.ping().then(() => overdue(true), () => {})
    })
    deadlines.add(deadline)
    call.started = { instance, deadline }
    const served = instance.serve(call)
    const onAbort = (): void => {
      reject(signal?.reason)
      instance.abort(id)
      endUnlessAlive(instance)
    }
    signal?.addEventListener('abort', onAbort)
    const settle = (): void => {
      isOver = true
      served()
      deadline.dispose()
      clearTimeout(grace)
      deadlines.delete(deadline)
      signal?.removeEventListener('abort', onAbort)
    }
    const work = { id, args, deadlineMs: timeoutMs }
    const outcome = kind === undefined ? instance.call({ ...work, name, handle, caller }) : instance[kind](work)
    outcome.then(
      (outcome) => {
        settle()
        if (!outcome.ok) {
          const error = toHostError(outcome.error)
          reject(isGloveboxError(error, 'deadline-exceeded') ? late(RAN) : error)
          if (error instanceof WireError) instance.breach(error)
          else if (isFatal(outcome.error) && instance.era === era) instance.end(endedWithOther(), true)
          return
        }
        try {
          resolve(decodeForeignValue(outcome.value, valueLimits(limits), toHandle))
        } catch (error) {
          reject(error)
          instance.breach(error)
        }
      },
      (error: unknown) => {
        settle()
        reject(error)
      },
    )
  })
}

/** A guest that gives no sign of life now loops. */
export function endUnlessAlive(instance: Instance): void {
  const timer = setTimeout(
    () => instance.end(new GuestError('crashed', 'The instance was ended because an aborted call did not stop.'), false),
    ABORT_GRACE_MS,
  )
  instance.ping().then(() => clearTimeout(timer), () => clearTimeout(timer))
}
