/**
 * Whose row it is, in the end: what people and the host decide must share no room with what an extension can cause at will, and what went wrong
 * none with what went well.
 */
import type { AuditEvent, AuditKind } from './audit-row.ts'

export type AuditRank =
  /** Calls and starts: an extension makes as many as it likes. */
  | 'ordinary'
  /** What an extension was refused or ended for; it can cause these, too. */
  | 'incident'
  /** Made by people and the host; an extension can at most ask. */
  | 'decision'
  /** Superseded by the next. */
  | 'anchor'

/** Outcome of a denial or revocation that somebody decided; others tell a code. */
export const DECIDED = 'decided'

const RANKS: Readonly<Record<AuditKind, AuditRank>> = Object.freeze({
  capability: 'ordinary', stream: 'ordinary', start: 'ordinary',
  denial: 'incident', limit: 'incident', kill: 'incident',
  grant: 'decision', revocation: 'decision', install: 'decision', update: 'decision', uninstall: 'decision', loss: 'decision',
  anchor: 'anchor',
})

export function rankOf({ kind, outcome }: Pick<AuditEvent, 'kind' | 'outcome'>): AuditRank {
  return kind === 'denial' && outcome === DECIDED ? 'decision' : RANKS[kind]
}

/** Rows with the same one may share a block, which is kept or dropped as a whole. */
export function shelfOf(event: Pick<AuditEvent, 'kind' | 'outcome' | 'extension' | 'origin'>): string {
  return `${rankOf(event)}\n${ownerOf(event)}`
}

export function ownerOf({ extension, origin }: Pick<AuditEvent, 'extension' | 'origin'>): string {
  return `${extension}\n${origin}`
}
