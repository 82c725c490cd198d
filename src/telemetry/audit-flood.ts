/**
 * Keeps one extension from filling the log: what it makes beyond its share is counted instead of written, and told once a second as rows
 * that stand for many. A flood of one thing must not hide another: what is rare has rows of its own left, and what is counted keeps its method
 * and permissions, whatever the flood fills the groups with.
 */
import { TokenBucket } from '../util/token-bucket.ts'
import { ownerOf, rankOf } from './audit-rank.ts'
import type { AuditEvent } from './audit-row.ts'

/** Rows of one extension at once: calls and starts; denials, limits and kills. */
const BURST = { ordinary: 2000, incident: 500 }
/** In which they are there again: 10 and 2.5 a second in the long run. */
const WINDOW_MS = 200_000
/** Once those are used up: rows of one method with the same permissions, in that time. */
const RESERVE = 20
/** Of an extension's methods and permissions, the first so many have that. */
const MAX_RESERVES = 128
/** Rows that stand for many, told apart by all that rows tell; for each extension and second. */
const MAX_GROUPS = 16
/** Further ones are told apart by kind, method and permissions. There are no more of them, unless an app's own powers have very many methods. */
const MAX_FOLDED = 128
/** A fact that is a sum: how often a limit was met since the row before. */
const TIMES = 'times'
/** A fact of what is done for other extensions: their ids. */
const BEHALF = 'onBehalfOf'
/** Where a row stands for what was done for different ones. */
const SEVERAL = '\u2026'
/** Extensions whose share is remembered. */
const MAX_SHARES = 1000

/** Events that are told as one row. */
export interface CountedEvents {
  readonly event: AuditEvent
  readonly count: number
}

/** Its own copy: what comes later is added to it. */
type Sum = Mutable<Required<Omit<AuditEvent, 'facts'>>> & { facts?: NonNullable<AuditEvent['facts']> }
type Mutable<Fields> = { -readonly [Name in keyof Fields]: Fields[Name] }

interface Group {
  readonly event: Sum
  count: number
}

export class FloodCounter {
  readonly #shares = new Map<string, Share>()
  readonly #groups = new Map<string, Groups>()

  /** True when the event gets a row of its own; it is counted otherwise. */
  admit(event: AuditEvent, now: number): boolean {
    const rank = rankOf(event)
    if (rank === 'decision' || rank === 'anchor') return true
    // What others make it do is not its own: they must not be able to hide what it does.
    const owner = `${ownerOf(event)}${event.facts?.[BEHALF] === undefined ? '' : '\nfor others'}`
    if (this.#share(owner, now).take(rank, event, now)) return true
    const groups = this.#groups.get(owner) ?? new Groups()
    this.#groups.set(owner, groups)
    groups.count(event)
    return false
  }

  get isEmpty(): boolean {
    return this.#groups.size === 0
  }

  /** What was counted since the last time. */
  drain(): readonly CountedEvents[] {
    const counted = [...this.#groups.values()].flatMap((groups) => groups.all)
    this.#groups.clear()
    return counted
  }

  #share(owner: string, now: number): Share {
    const known = this.#shares.get(owner)
    if (known) return known
    const [oldest] = this.#shares.keys()
    if (this.#shares.size >= MAX_SHARES && oldest !== undefined) this.#shares.delete(oldest)
    const share = new Share(now)
    this.#shares.set(owner, share)
    return share
  }
}

/** Rows that one extension may have. */
class Share {
  readonly #buckets: Readonly<Record<keyof typeof BURST, TokenBucket>>
  readonly #reserves = new Map<string, TokenBucket>()

  constructor(now: number) {
    this.#buckets = { ordinary: new TokenBucket(BURST.ordinary, WINDOW_MS, now), incident: new TokenBucket(BURST.incident, WINDOW_MS, now) }
  }

  take(rank: keyof typeof BURST, event: AuditEvent, now: number): boolean {
    return this.#buckets[rank].take(1, now) || this.#reserve(typeOf(event), now)?.take(1, now) === true
  }

  #reserve(type: string, now: number): TokenBucket | undefined {
    const known = this.#reserves.get(type)
    if (known !== undefined || this.#reserves.size >= MAX_RESERVES) return known
    const reserve = new TokenBucket(RESERVE, WINDOW_MS, now)
    this.#reserves.set(type, reserve)
    return reserve
  }
}

/** What one extension made beyond its share. */
class Groups {
  readonly #exact = new Map<string, Group>()
  readonly #folded = new Map<string, Group>()
  readonly #others = new Map<string, Group>()

  get all(): readonly Group[] {
    return [this.#exact, this.#folded, this.#others].flatMap((groups) => [...groups.values()])
  }

  /** In a flood this is what each event costs: nothing is made for one that joins a group. */
  count(event: AuditEvent): void {
    const { kind, outcome, uses = [] } = event
    const facts = keptFacts(event)
    const type = typeOf(event)
    const scopes = uses.map(({ scope }) => scope).join('\n')
    if (add(this.#exact, `${type} ${outcome} ${facts?.[BEHALF]} ${scopes}`, { event, facts, max: MAX_GROUPS })) return
    const folded = { ...event, uses: uses.map(({ permission }) => ({ permission, scope: '' })) }
    if (add(this.#folded, `${type} ${outcome === 'ok'}`, { event: folded, facts, max: MAX_FOLDED })) return
    add(this.#others, kind, { event: { ...event, method: '', uses: [] }, facts, max: Infinity })
  }
}

/** What it is, whatever it was used for and however it ended; of a limit, which one. */
function typeOf({ kind, method = '', uses = [], outcome, facts }: Pick<AuditEvent, 'kind' | 'method' | 'uses' | 'outcome' | 'facts'>): string {
  const which = kind === 'limit' ? (facts?.['limit'] ?? outcome) : ''
  return `${kind} ${method} ${which} ${uses.map(({ permission }) => permission).join(' ')}`
}

/** For whom it was done; which limit it was, and how often it was met. Undefined where there is none of these. */
function keptFacts({ kind, facts }: AuditEvent): AuditEvent['facts'] {
  if (facts === undefined) return undefined
  const names = kind === 'limit' ? [BEHALF, 'limit', TIMES] : [BEHALF]
  const kept = Object.entries(facts).filter(([name]) => names.includes(name))
  return kept.length === 0 ? undefined : Object.fromEntries(kept)
}

interface Counted {
  readonly event: AuditEvent
  readonly facts: AuditEvent['facts']
  readonly max: number
}

/** False where there is no room for another group. */
function add(groups: Map<string, Group>, name: string, { event, facts, max }: Counted): boolean {
  const group = groups.get(name)
  if (group !== undefined) merge(group, event, facts)
  else if (groups.size >= max) return false
  else groups.set(name, { event: begin(event, facts), count: 1 })
  return true
}

function begin({ facts: _all, ...event }: AuditEvent, facts: AuditEvent['facts']): Sum {
  return { method: '', uses: [], duration: 0, bytesIn: 0, bytesOut: 0, ...event, ...(facts && { facts }) }
}

function merge(group: Group, { outcome, duration = 0, bytesIn = 0, bytesOut = 0 }: AuditEvent, facts: AuditEvent['facts']): void {
  const { event } = group
  group.count++
  if (event.outcome !== outcome) event.outcome = 'mixed'
  event.duration += duration
  event.bytesIn += bytesIn
  event.bytesOut += bytesOut
  if (event.facts === undefined) return
  const shared = sharedFacts(event.facts, facts)
  if (shared === undefined) delete event.facts
  else event.facts = shared
}

function sharedFacts(known: NonNullable<AuditEvent['facts']>, facts: AuditEvent['facts']): Sum['facts'] {
  const shared = Object.entries(known).flatMap(([name, fact]) => {
    const other = facts?.[name]
    if (name === TIMES && typeof fact === 'number' && typeof other === 'number') return [[name, fact + other] as const]
    if (fact === other) return [[name, fact] as const]
    return name === BEHALF ? [[name, SEVERAL] as const] : [] // still not its own doing
  })
  return shared.length === 0 ? undefined : Object.fromEntries(shared)
}
