/**
 * Keeps one extension from filling the log: what it makes beyond its share is counted instead of written, and told once a second as rows
 * that stand for many. So a flood costs neither the page nor what others did before.
 */
import { TokenBucket } from '../util/token-bucket.ts'
import type { AuditEvent, AuditKind } from './audit-row.ts'

/** Rows of one extension: this many at once, */
const BURST = 2000
/** and 10 a second in the long run. */
const WINDOW_MS = BURST / 10 * 1000
/** Rows that stand for many, for each extension and second; what differs further is counted in one. */
const MAX_GROUPS = 16
/** Extensions whose share is remembered. */
const MAX_BUCKETS = 1000

/** Made by people and the host, never by an extension. */
const UNLIMITED: ReadonlySet<AuditKind> = new Set(['grant', 'revocation', 'install', 'update', 'uninstall', 'anchor', 'loss'])

/** Events that are told as one row. */
export interface CountedEvents {
  readonly event: AuditEvent
  readonly count: number
}

type Full = Required<Omit<AuditEvent, 'facts'>>

interface Group {
  event: Full
  count: number
}

export class FloodCounter {
  readonly #buckets = new Map<string, TokenBucket>()
  readonly #groups = new Map<string, Map<string, Group>>()

  /** True when the event gets a row of its own; it is counted otherwise. */
  admit(event: AuditEvent, now: number): boolean {
    if (UNLIMITED.has(event.kind)) return true
    const key = `${event.extension}\n${event.origin}`
    if (this.#bucket(key, now).take(1, now)) return true
    this.#count(key, event)
    return false
  }

  get isEmpty(): boolean {
    return this.#groups.size === 0
  }

  /** What was counted since the last time. */
  drain(): readonly CountedEvents[] {
    const counted = [...this.#groups.values()].flatMap((groups) => [...groups.values()])
    this.#groups.clear()
    return counted
  }

  #bucket(key: string, now: number): TokenBucket {
    const known = this.#buckets.get(key)
    if (known) return known
    const [oldest] = this.#buckets.keys()
    if (this.#buckets.size >= MAX_BUCKETS && oldest !== undefined) this.#buckets.delete(oldest)
    const bucket = new TokenBucket(BURST, WINDOW_MS, now)
    this.#buckets.set(key, bucket)
    return bucket
  }

  #count(key: string, event: AuditEvent): void {
    const groups = this.#groups.get(key) ?? new Map<string, Group>()
    this.#groups.set(key, groups)
    const { facts: _, ...own } = event
    const full: Full = { method: '', uses: [], duration: 0, bytesIn: 0, bytesOut: 0, ...own }
    const name = `${event.kind} ${full.method} ${event.outcome} ${full.uses.map(({ permission, scope }) => `${permission} ${scope}`).join('\n')}`
    const group = groups.get(name)
    if (group) add(group, full)
    else if (groups.size < MAX_GROUPS) groups.set(name, { event: full, count: 1 })
    else this.#countOther(groups, full)
  }

  /** One more group, for all that did not fit. */
  #countOther(groups: Map<string, Group>, event: Full): void {
    const name = event.kind
    const group = groups.get(name)
    if (group) add(group, event)
    else groups.set(name, { event: { ...event, method: '', uses: [] }, count: 1 })
  }
}

function add(group: Group, { duration, bytesIn, bytesOut }: Full): void {
  const { event } = group
  group.count++
  group.event = { ...event, duration: event.duration + duration, bytesIn: event.bytesIn + bytesIn, bytesOut: event.bytesOut + bytesOut }
}
