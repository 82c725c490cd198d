/**
 * A row of the audit log: who did what under which permission, and how it ended. Its fields are names, codes and numbers; no field could
 * hold a body, a header, a query, a key or an error's text, so that nothing has to be found and removed.
 */

export const AUDIT_KINDS = Object.freeze([
  /** A capability call of the extension, however it ended. */
  'capability',
  /** A byte stream of such a call (a body) has ended; `bytesIn` and `bytesOut` are its bytes. */
  'stream',
  /** A permission was granted, by a person or by the host. */
  'grant',
  /** A permission was denied: by a person, or because the manifest does not cover the use. */
  'denial',
  'revocation',
  /** A limit was reached, or the wire's rules were broken. */
  'limit',
  'install',
  /** Newer code took the place of an installed extension's. */
  'update',
  'uninstall',
  /** An instance was started. */
  'start',
  /** An instance was ended by force: a limit, a breach, a crash. */
  'kill',
  /** Rows were dropped; `gaps` are all that are missing by now, and takes the place of earlier anchors. */
  'anchor',
  /** Rows could not be written; `count` says how many. */
  'loss',
] as const)

export type AuditKind = (typeof AUDIT_KINDS)[number]

/** A permission, and the part of its scope that was used. */
export interface AuditUse {
  readonly permission: string
  /**
   * The manifest's own words: `GET https://api.example/v1`, `notes/*`, a name; of a decision, the whole scope as JSON. What a guest wrote
   * itself (path, key) is not recorded; where the manifest covers nothing of the kind, an origin, or empty.
   */
  readonly scope: string
}

export type AuditFact = string | number | boolean

/** What is told to the log. */
export interface AuditEvent {
  readonly kind: AuditKind
  readonly extension: string
  readonly origin: string
  /** The code's; empty where there is none yet. */
  readonly digest: string
  /** Of a capability: `http.fetch`. */
  readonly method?: string
  readonly uses?: readonly AuditUse[]
  /** `ok`, a code of an error, or `mixed` where a row stands for several. */
  readonly outcome: string
  /** ms */
  readonly duration?: number
  /** From the extension: arguments, bodies. */
  readonly bytesIn?: number
  /** To the extension: results, bodies. */
  readonly bytesOut?: number
  /** What the capability adds: names and counts. */
  readonly facts?: Readonly<Record<string, AuditFact>>
}

/** Rows that were dropped. */
export interface AuditGap {
  /** Number of the first. */
  readonly from: number
  /** Number of the first that is there again. */
  readonly to: number
}

/** A row as it is read. */
export interface AuditRow extends Required<Omit<AuditEvent, 'facts'>>, Pick<AuditEvent, 'facts'> {
  /** Its number in the log, from 0. */
  readonly seq: number
  /** ms since 1970. */
  readonly time: number
  /** How many events it stands for: more than 1 where an extension made more rows than it may. Durations and bytes are then sums. */
  readonly count: number
  readonly gaps?: readonly AuditGap[]
}

/** What a row holds besides its event. */
export interface RowFacts {
  readonly time: number
  readonly count?: number
  readonly gaps?: readonly AuditGap[]
}

const NO_USES: readonly AuditUse[] = Object.freeze([])
/** Codes are written here, in this form; a host's own capability may be careless with its errors. */
const CODE = /^[a-z][a-z0-9-]{0,63}$/
const MAX_NAME = 256
const MAX_SCOPE = 2048
/** A list of extensions' ids may be as long. */
const MAX_FACT = 2048

/** The row as it is kept, without its number. Names are cut, never trusted to be short. */
export function encodeRow(event: AuditEvent, { time, count = 1, gaps }: RowFacts): string {
  const { kind, extension, origin, digest, method = '', uses = NO_USES, outcome, duration = 0, bytesIn = 0, bytesOut = 0, facts } = event
  return JSON.stringify({
    time, kind, extension: short(extension), origin: short(origin), digest, method: short(method),
    uses: uses.map(({ permission, scope }) => ({ permission, scope: short(scope, MAX_SCOPE) })),
    outcome: CODE.test(outcome) ? outcome : 'internal', duration: Math.round(duration * 1000) / 1000, bytesIn, bytesOut, count, gaps,
    facts: facts && Object.fromEntries(Object.entries(facts).map(([name, fact]) => [short(name), typeof fact === 'string' ? short(fact, MAX_FACT) : fact])),
  })
}

/** A row that was kept; undefined where it cannot be read, which `verify` tells. */
export function parseRow(text: string, seq: number): AuditRow | undefined {
  try {
    const row: unknown = JSON.parse(text)
    if (typeof row !== 'object' || row === null || !('kind' in row) || !AUDIT_KINDS.some((kind) => kind === row.kind)) return undefined
    return Object.freeze({ seq, ...(row as Omit<AuditRow, 'seq'>) }) // written by encodeRow; whether somebody changed it, verify() tells
  } catch {
    return undefined
  }
}

function short(text: string, max: number = MAX_NAME): string {
  return text.length > max ? `${text.slice(0, max - 1)}\u2026` : text
}
