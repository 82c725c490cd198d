/** A log over the memory store, with a clock and timers that the test holds. */
import { createAuditStore } from '../../../src/cache/audit.ts'
import type { Database } from '../../../src/cache/database.ts'
import { createMemoryDatabase } from '../../../src/cache/memory.ts'
import { openAudit, type LoadedAudit } from '../../../src/telemetry/audit-load.ts'
import type { AuditRetention } from '../../../src/telemetry/audit-retention.ts'
import type { AuditEvent } from '../../../src/telemetry/audit-row.ts'
import type { AuditStore } from '../../../src/wire/audit-store.ts'

export interface AuditHarness extends LoadedAudit {
  readonly database: Database
  readonly store: AuditStore
  /** ms since 1970 */
  time: number
  /** Timers that wait, ms. */
  readonly timers: readonly number[]
  /** Fires all timers. */
  tick(): void
  /** Another tab's log over the same database. */
  other(): LoadedAudit
}

export function openHarness(retention: Partial<AuditRetention> = {}, database: Database = createMemoryDatabase()): AuditHarness {
  const store = createAuditStore(database)
  const timers = new Map<() => void, number>()
  const open = (): LoadedAudit => openAudit({
    store, locks: undefined, lockName: 'test', retention, now: () => harness.time,
    setTimer: (run, ms) => {
      const fire = (): void => {
        timers.delete(fire)
        run()
      }
      timers.set(fire, ms)
      return () => timers.delete(fire)
    },
  })
  const harness: AuditHarness = {
    ...open(), database, store, time: 1_000_000, other: open,
    get timers() {
      return [...timers.values()]
    },
    tick: () => {
      for (const fire of [...timers.keys()]) fire()
    },
  }
  return harness
}

export function event(fields: Partial<AuditEvent> = {}): AuditEvent {
  return { kind: 'capability', extension: 'com.example.a', origin: 'local', digest: 'sha256:00', method: 'storage.get', outcome: 'ok', ...fields }
}
