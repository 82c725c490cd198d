/**
 * One call of an export on a lent instance: its deadline, the caller's abort, and the one way it ends. Nothing here waits for the guest:
 * when time is up the caller hears it at once, and the instance is ended.
 */
import { GuestError, isGloveboxError, LimitError, WireError } from '../../errors.ts'
import type { Limits } from '../../manifest/limits.ts'
import { decodeForeignValue } from '../../wire/foreign-value.ts'
import type { Outcome, Payload } from '../../wire/payload.ts'
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
  const { kind, call, args, timeoutMs, signal, handle, caller } = request
  const { id, name } = call
  return new Promise((resolve, reject) => {
    const { era } = instance
    const watch = watchTime(instance, timeoutMs, (was) => reject(lateError(request, was)))
    deadlines.add(watch.deadline)
    call.started = { instance, deadline: watch.deadline }
    const served = instance.serve(call)
    const onAbort = (): void => {
      reject(signal?.reason)
      instance.abort(id)
      endUnlessAlive(instance)
    }
    signal?.addEventListener('abort', onAbort)
    const settle = (): void => {
      watch.dispose()
      served()
      deadlines.delete(watch.deadline)
      signal?.removeEventListener('abort', onAbort)
    }
    const work = { id, args, deadlineMs: timeoutMs }
    const outcome = kind === undefined ? instance.call({ ...work, name, handle, caller }) : instance[kind](work)
    outcome.then((ended) => {
      settle()
      return valueOf(instance, request, { outcome: ended, era })
    }, (error: unknown) => {
      settle()
      throw error
    }).then(resolve, reject)
  })
}

interface TimeWatch {
  readonly deadline: Deadline
  dispose(): void
}

/** When the time is up, tells what the guest was at, and ends the instance. */
function watchTime(instance: Instance, timeoutMs: number, onLate: (was: string) => void): TimeWatch {
  const { era } = instance
  let isOver = false
  let grace: ReturnType<typeof setTimeout> | undefined
  const overdue = (isAlive: boolean): void => {
    if (isOver || instance.era !== era) return // it was aborted, and others have the instance now
    onLate(isAlive ? WAITED : RAN)
    instance.end(endedWithOther(), isAlive)
  }
  const deadline = new Deadline(timeoutMs, () => {
    // A worker that answers now waits for something. One that does not: the VM's own interrupt is due, or it is stuck in a native loop.
    grace = setTimeout(() => overdue(false), INTERRUPT_GRACE_MS)
    instance.ping().then(() => overdue(true), () => {})
  })
  return {
    deadline,
    dispose() {
      isOver = true
      deadline.dispose()
      clearTimeout(grace)
    },
  }
}

function lateError({ call, timeoutMs, limits }: CallRequest, was: string): LimitError {
  const details = { timeoutMs, ...(timeoutMs === limits.callMs && { limit: 'callMs' }) } // less was the app's wish
  return new LimitError('deadline-exceeded', `"${call.name}" did not finish within ${timeoutMs} ms: ${was}. Its instance was ended.`, { details })
}

/** What the caller gets. An instance whose guest has died, or whose worker broke the rules, ends. @param ended.era  the instance's at the call */
function valueOf(instance: Instance, request: CallRequest, { outcome, era }: { readonly outcome: Outcome; readonly era: Instance['era'] }): unknown {
  if (!outcome.ok) {
    const error = toHostError(outcome.error)
    if (error instanceof WireError) instance.breach(error)
    else if (isFatal(outcome.error) && instance.era === era) instance.end(endedWithOther(), true)
    throw isGloveboxError(error, 'deadline-exceeded') ? lateError(request, RAN) : error
  }
  try {
    return decodeForeignValue(outcome.value, valueLimits(request.limits), request.toHandle)
  } catch (error) {
    instance.breach(error)
    throw error
  }
}

/** A guest that gives no sign of life now loops. */
export function endUnlessAlive(instance: Instance): void {
  const timer = setTimeout(
    () => instance.end(new GuestError('crashed', 'The instance was ended because an aborted call did not stop.'), false),
    ABORT_GRACE_MS,
  )
  instance.ping().then(() => clearTimeout(timer), () => clearTimeout(timer))
}
