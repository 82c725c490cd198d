/**
 * One use of the preparer: a worker in a frame of its own, which reads a stranger's WebAssembly and gives back bytes, nothing else. It is gone
 * afterwards, whatever came of it: a trap would poison its transpiler, and what it read may have broken it.
 */
import { LimitError, PackageError, WireError } from '../../errors.ts'
import { toPrepareError } from '../../lane/prepare-request.ts'
import { isRecord, parseOutcome } from '../../wire/message.ts'
import { Session } from '../../wire/session.ts'
import { cleanText } from '../../util/text.ts'
import type { Program } from '../frame/program.ts'
import type { Ring } from '../frame/ring.ts'
import type { PrepareProgress } from '../instance/runtime.ts'

export interface PreparerRun {
  /** A frame that has seen nothing; disposed when this ends. */
  readonly ring: Ring
  readonly program: Program
  /** In the form that prepare.worker.ts takes. */
  readonly request: object
  readonly timeoutMs: number
  readonly signal: AbortSignal | undefined
  readonly onProgress: ((progress: PrepareProgress) => void) | undefined
}

/**
 * @throws {PackageError} what is wrong with the package
 * @throws {LimitError} deadline-exceeded @throws {LaneError} worker-failed @throws {WireError} malformed-message; or the signal's reason
 */
export async function runPreparer({ ring, program, request, timeoutMs, signal, onProgress }: PreparerRun): Promise<ArrayBuffer> {
  const teardowns: (() => void)[] = [() => ring.dispose()]
  try {
    return await new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(overdue(timeoutMs)), timeoutMs)
      const onAbort = (): void => reject(signal?.reason)
      signal?.addEventListener('abort', onAbort)
      teardowns.push(() => clearTimeout(timer), () => signal?.removeEventListener('abort', onAbort))
      if (signal?.aborted) return onAbort()
      ring.startWorker(program, reject).then(async ({ port }) => {
        const session = new Session(port, { side: 'page', methods: progressMethods(onProgress), maxPendingRequests: MAX_REQUESTS, onBreach: reject })
        teardowns.push(() => session.end(new PackageError('transpile-failed', 'The preparer was ended.')))
        resolve(readResult(await session.call('prepare', request)))
      }).catch(reject)
    })
  } finally {
    for (const teardown of teardowns.reverse()) teardown()
  }
}

const MAX_REQUESTS = 64

function progressMethods(onProgress: PreparerRun['onProgress']): ConstructorParameters<typeof Session>[1]['methods'] {
  return new Map([['progress', async (argument) => {
    const { stage, fraction } = isRecord(argument) ? argument : {}
    if (typeof stage === 'string' && typeof fraction === 'number' && fraction >= 0 && fraction <= 1) onProgress?.({ stage: cleanText(stage, 40), fraction })
    return { result: undefined, transfer: [] }
  }]])
}

function readResult(result: unknown): ArrayBuffer {
  const outcome = parseOutcome(result)
  if (outcome === undefined) throw new WireError('malformed-message', 'The preparer sent a result of an unknown form.')
  if (!outcome.ok) throw toPrepareError(outcome.error)
  const [bytes] = outcome.value.buffers
  if (bytes === undefined) throw new WireError('malformed-message', 'The preparer sent no bytes.')
  return bytes
}

function overdue(timeoutMs: number): LimitError {
  return new LimitError('deadline-exceeded', `Preparing the package took longer than ${timeoutMs} ms.`, { details: { timeoutMs } })
}
