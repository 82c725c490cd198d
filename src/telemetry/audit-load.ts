/** What is loaded when a box has something to record: the log and everything that reads it. */
import type { SetTimer } from '../util/timer.ts'
import type { AuditStore } from '../wire/audit-store.ts'
import { AuditAppender } from './audit-appender.ts'
import { AuditLog } from './audit-log.ts'
import { exportRows, queryRows, type AuditFilter, type AuditPage, type AuditQuery } from './audit-query.ts'
import { requireHead, requireFilter, requireQuery } from './audit-request.ts'
import { DEFAULT_RETENTION, type AuditRetention } from './audit-retention.ts'
import { verifyChain, type AuditHead, type AuditVerdict } from './audit-verify.ts'

export interface AuditLogParts {
  readonly store: AuditStore
  readonly locks: Pick<LockManager, 'request'> | undefined
  readonly lockName: string
  /** ms since 1970 */
  readonly now: () => number
  readonly setTimer: SetTimer
  readonly retention: Partial<AuditRetention>
}

export interface LoadedAudit {
  readonly log: AuditLog
  /** @throws {TypeError} for what is no query; so do the others for what is no head, no filter */
  query(query: AuditQuery): Promise<AuditPage>
  verify(kept: AuditHead | undefined): Promise<AuditVerdict>
  head(): Promise<AuditHead>
  export(filter: AuditFilter): ReadableStream<Uint8Array<ArrayBuffer>>
}

export function openAudit({ retention, setTimer, ...parts }: AuditLogParts): LoadedAudit {
  const { store, now } = parts
  const appender = new AuditAppender({ ...parts, retention: { ...DEFAULT_RETENTION, ...retention } })
  const log = new AuditLog({ appender, now, setTimer })
  return {
    log,
    async query(query) {
      requireQuery(query)
      return queryRows(store, query)
    },
    async verify(kept) {
      if (kept !== undefined) requireHead(kept)
      return appender.exclusive((chain) => verifyChain(store, chain, kept))
    },
    async head() {
      const tail = await store.tail()
      return { seq: tail?.next ?? 0, mac: tail?.mac ?? '' }
    },
    export(filter) {
      requireFilter(filter)
      return exportRows(store, filter)
    },
  }
}
