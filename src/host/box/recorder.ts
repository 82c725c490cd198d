/** Where a box writes down what happens in it: the audit log, and the app's telemetry. What writes is loaded when there is something to write. */
import type { Store } from '../../cache/store.ts'
import { AuditRecorder } from '../../telemetry/audit.ts'
import { NO_TELEMETRY, type Telemetry } from '../../telemetry/telemetry.ts'
import { setTimer } from '../../util/timer.ts'
import type { ResolvedOptions } from '../options.ts'

export function createRecorder({ name, store: kind, audit: retention }: ResolvedOptions, { audit: store }: Store): AuditRecorder {
  // Nobody else sees a log in memory.
  const locks = kind === 'memory' ? undefined : navigator.locks
  const parts = { store, locks, lockName: `glovebox:${name}:audit`, now: Date.now, setTimer, retention }
  return new AuditRecorder(async () => (await import('../../telemetry/audit-load.ts')).openAudit(parts), Date.now, setTimer)
}

export async function createTelemetry({ telemetry }: ResolvedOptions): Promise<Telemetry> {
  return telemetry === undefined ? NO_TELEMETRY : (await import('../../telemetry/otel.ts')).createTelemetry(telemetry)
}
