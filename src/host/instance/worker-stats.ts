/** What only the worker knows of itself, by its own word. */
import { isCount } from '../../util/count.ts'
import { isRecord } from '../../wire/message.ts'
import type { WorkerStats } from '../../wire/worker-stats.ts'

/** Built anew; undefined for what is none. */
export function parseStats(input: unknown): WorkerStats | undefined {
  if (!isRecord(input)) return undefined
  const { memoryBytes, timers, pendingCapabilityCalls, pendingOperations, streams, handles } = input
  const isKnown = isCount(memoryBytes) && isCount(timers) && isCount(pendingCapabilityCalls)
  if (!isKnown || !isCount(pendingOperations) || !isCount(streams) || !isCount(handles)) return undefined
  return { memoryBytes, timers, pendingCapabilityCalls, pendingOperations, streams, handles }
}
