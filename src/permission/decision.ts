/**
 * What a prompt resolves with. The dialog is the host's own code, yet its answer is parsed like a stranger's: a dialog that returns `true`,
 * one decision too few, or a scope with a misspelt key must not become a grant.
 */
import type { Scope } from '../manifest/permission.ts'
import { isEmpty, isWithin, parseExactScope, type Scoped } from './scope/index.ts'

/**
 * `once`: this capability call; at install, and in answer to `permissions.request()`, where there is no such call, it leaves the permission
 * to be asked at its use. `session`: until the page is gone. `always`: until revoked, or until new code asks for more.
 */
export type DecisionWord = 'deny' | 'once' | 'session' | 'always'

/** As an object it may say until when, and grant less than was asked: `scope` must lie within what the request showed. */
export type Decision =
  | DecisionWord
  | { readonly decision: 'deny' }
  | { readonly decision: 'once' | 'session' | 'always'; readonly scope?: Scope }
  | { readonly decision: 'until'; readonly until: Date; readonly scope?: Scope }

export interface ParsedDecision {
  readonly word: DecisionWord | 'until'
  /** Undefined: all that was asked. */
  readonly scope: Scope | undefined
  /** ms since 1970, with `until` only. */
  readonly expiresAt: number | undefined
}

/** One decision for each of `asked`, in fresh objects, or undefined where the answer is anything else. */
export function parseDecisions(input: unknown, asked: readonly Scoped[], now: number): readonly ParsedDecision[] | undefined {
  if (!Array.isArray(input) || input.length !== asked.length) return undefined
  const decisions: ParsedDecision[] = []
  for (const [index, permission] of asked.entries()) {
    const decision = parseDecision((input as readonly unknown[])[index], permission, now) // an array by the check above
    if (decision === undefined) return undefined
    decisions.push(decision)
  }
  return Object.freeze(decisions)
}

const WORDS: readonly DecisionWord[] = ['deny', 'once', 'session', 'always']
const GIVING = ['decision', 'scope']
const FIELDS: Readonly<Record<ParsedDecision['word'], readonly string[]>> = {
  deny: ['decision'], once: GIVING, session: GIVING, always: GIVING, until: [...GIVING, 'until'],
}

function parseDecision(input: unknown, asked: Scoped, now: number): ParsedDecision | undefined {
  const plain = WORDS.find((known) => known === input)
  if (plain !== undefined) return Object.freeze({ word: plain, scope: undefined, expiresAt: undefined })
  if (typeof input !== 'object' || input === null) return undefined
  const fields = new Map<string, unknown>(Object.entries(input))
  const word = fields.get('decision') === 'until' ? 'until' : WORDS.find((known) => known === fields.get('decision'))
  if (word === undefined || [...fields.keys()].some((name) => !FIELDS[word].includes(name))) return undefined
  const scope = fields.get('scope') === undefined ? undefined : scopeWithin(asked, fields.get('scope'))
  if (scope === undefined && fields.get('scope') !== undefined) return undefined
  const expiresAt = word === 'until' ? timeOf(fields.get('until')) : undefined
  if (word === 'until' && !(expiresAt !== undefined && expiresAt > now)) return undefined
  return Object.freeze({ word, scope, expiresAt })
}

/** The scope that `input` says, where it says nothing else, lies within `granted`, and covers something: who means nothing says no. */
export function scopeWithin(granted: Scoped, input: unknown): Scope | undefined {
  const scope = parseExactScope(granted.name, input)
  if (scope === undefined) return undefined
  const said = { name: granted.name, scope }
  return isWithin(said, granted) && !isEmpty(said) ? scope : undefined
}

/** Of a Date of any realm: the dialog may be another window's. */
function timeOf(input: unknown): number | undefined {
  try {
    const time = Date.prototype.getTime.call(input)
    return Number.isNaN(time) ? undefined : time
  } catch {
    return undefined
  }
}
