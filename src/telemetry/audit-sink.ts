/** Where those who have something to record hand it over. */
import type { AuditEvent } from './audit-row.ts'

export interface AuditSink {
  /** Written with the next batch, within 100 ms or 200 rows. Costs the caller next to nothing and never throws. */
  record(event: AuditEvent): void
  /** Resolves when the row is on the disk. Never rejects: where the store fails, the log says that rows are missing. */
  keep(event: AuditEvent): Promise<void>
}
