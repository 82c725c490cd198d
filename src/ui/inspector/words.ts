/** Every text of the inspector, in English; a page may give its own. What extensions say never goes through here. */
import type { LimitName } from '../../manifest/limits.ts'
import type { PermissionGrant, PermissionStatus } from '../../permission/status.ts'
import type { AuditKind } from '../../telemetry/audit-row.ts'
import type { InspectedExtension } from './box.ts'

export interface InspectorWords {
  readonly title: string
  readonly tabs: Readonly<Record<'live' | 'grants' | 'limits' | 'audit', string>>
  readonly none: string
  readonly state: Readonly<Record<InspectedExtension['state'], string>>
  readonly memory: string
  readonly latency: string
  readonly busy: string
  readonly of: (used: string, allowed: string) => string
  readonly calls: string
  readonly noCalls: string
  readonly callWaits: string
  readonly callRuns: (age: string, left: string) => string
  readonly permission: Readonly<Record<PermissionStatus['state'], string>>
  readonly noPermissions: string
  readonly duration: Readonly<Record<PermissionGrant['duration'], string>>
  readonly by: Readonly<Record<PermissionGrant['by'], string>>
  readonly until: (date: string) => string
  readonly revoke: string
  readonly failed: string
  readonly perWindow: (window: string) => string
  readonly refused: (times: number) => string
  readonly limits: Readonly<Record<LimitName, string>>
  readonly unused: (count: number) => string
  readonly filterExtension: string
  readonly filterKind: string
  readonly filterOutcome: string
  readonly all: string
  readonly kinds: Readonly<Record<AuditKind, string>>
  readonly columns: Readonly<Record<'time' | 'kind' | 'extension' | 'what' | 'outcome' | 'duration' | 'bytes', string>>
  readonly rows: (count: string, isAll: boolean) => string
  /** Of a row that is about nothing smaller than the extension. */
  readonly code: (digest: string) => string
  readonly save: string
  readonly verify: string
  readonly verified: string
  readonly broken: (problem: string, seq: number) => string
}

export const INSPECTOR_WORDS: InspectorWords = Object.freeze<InspectorWords>({
  title: 'Extensions',
  tabs: { live: 'Live', grants: 'Grants', limits: 'Limits', audit: 'Audit log' },
  none: 'No extension is installed.',
  state: { stopped: 'stopped', starting: 'starting', running: 'running', uninstalled: 'uninstalled' },
  memory: 'Memory',
  latency: 'Answers in',
  busy: 'busy',
  of: (used, allowed) => `${used} of ${allowed}`,
  calls: 'Calls',
  noCalls: 'No call is running.',
  callWaits: 'waits for an instance',
  callRuns: (age, left) => `for ${age}, ${left} left`,
  permission: { granted: 'granted', denied: 'denied', prompt: 'asks first' },
  noPermissions: 'Asked for none.',
  duration: { session: 'until this page is closed', until: 'until a date', always: 'until revoked' },
  by: { user: 'by the user', host: 'by the app', policy: 'by policy' },
  until: (date) => `until ${date}`,
  revoke: 'Revoke',
  failed: 'This failed:',
  perWindow: (window) => `in ${window}`,
  refused: (times) => `${times} refused`,
  limits: {
    memoryMib: 'Memory', callMs: 'Time of a call', startMs: 'Time of a start', turnMs: 'Time of a turn', idleMs: 'Time without calls',
    maxInstances: 'Instances', queuedCalls: 'Waiting calls', pendingCapabilityCalls: 'Open requests', messageBytes: 'Size of a message',
    capabilityCallsPerMinute: 'Requests', cpuMsPerMinute: 'Computing', promptsPerMinute: 'Questions to you', httpPerMinute: 'HTTP requests',
    httpConcurrent: 'HTTP at once', httpBytesPerMinute: 'HTTP received', httpSentBytesPerMinute: 'HTTP sent', httpBodyBytes: 'HTTP body',
    httpMs: 'Time of an HTTP request', storageBytes: 'Storage', fileBytes: 'Files', logBytesPerSecond: 'Log text', eventsPerSecond: 'Events sent',
    deliveredBytesPerSecond: 'Events received', timers: 'Timers', handles: 'Lent objects',
  },
  unused: (count) => `${count} not used`,
  filterExtension: 'Extension',
  filterKind: 'Kind',
  filterOutcome: 'Outcome',
  all: 'all',
  kinds: {
    capability: 'capability', stream: 'stream', grant: 'grant', denial: 'denial', revocation: 'revocation', limit: 'limit', install: 'install',
    update: 'update', uninstall: 'uninstall', start: 'start', kill: 'kill', anchor: 'anchor', loss: 'loss',
  },
  columns: { time: 'Time', kind: 'Kind', extension: 'Extension', what: 'What', outcome: 'Outcome', duration: 'Took', bytes: 'In / out' },
  rows: (count, isAll) => (isAll ? `${count} rows` : `${count} rows, and older ones`),
  code: (digest) => `code ${digest}`,
  save: 'Save as NDJSON',
  verify: 'Verify',
  verified: 'Every row is as it was written.',
  broken: (problem, seq) => `The log was tampered with: rows ${problem} from ${seq} on.`,
})

/** One that another version has written of is called by its name. */
export function limitLabel(limit: string, { limits }: InspectorWords): string {
  return isLimitName(limit) ? limits[limit] : limit
}

function isLimitName(limit: string): limit is LimitName {
  return Object.hasOwn(INSPECTOR_WORDS.limits, limit)
}
