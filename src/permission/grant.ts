/**
 * A grant: what was decided about one permission of one extension. Immutable; a new decision takes the old one's place. What comes back
 * from the store is unknown until parsed: a record that cannot be read counts as no decision, so that damage asks again and never allows.
 */
import type { Digest } from '../manifest/digest.ts'
import { parseDigest } from '../manifest/digest.ts'
import type { ExtensionKey } from '../manifest/identity.ts'
import type { PermissionName, Scope } from '../manifest/permission.ts'
import { PERMISSION_NAMES } from '../manifest/permission.ts'
import { parseScope } from './scope/index.ts'

/** `denied` by the user, who was asked; `revoked`, taken back: to the outside denied as well, with an error of its own. */
export type GrantState = 'granted' | 'denied' | 'revoked'

/** `once` ends with its call and `session` with its page, so only `always` reaches the store. */
export type GrantDuration = 'once' | 'session' | 'always'

export interface Grant {
  readonly key: ExtensionKey
  readonly name: PermissionName
  readonly scope: Scope
  readonly state: GrantState
  readonly duration: GrantDuration
  /** The code that the decision was about. */
  readonly digest: Digest
  /** ms since 1970; grows with every decision about the same permission, so that the later of two is known without comparing clocks. */
  readonly decidedAt: number
}

/** A grant as the store keeps it. */
export interface GrantRecord {
  readonly key: ExtensionKey
  readonly digest: Digest
  readonly name: string
  /** JSON text that only this file reads: the scope, and `revoked: true` where the denial is a revocation. */
  readonly scope: string
  readonly state: 'granted' | 'denied'
  readonly decidedAt: number
}

/** Where grants live: one record for each pair of key and name. */
export interface GrantStore {
  /** All records of one extension. */
  listFor(key: ExtensionKey): Promise<readonly unknown[]>
  /** Replaces the records with the same key and name, all or none. */
  put(records: readonly GrantRecord[]): Promise<void>
  /** Removes one record, or all of the extension. */
  deleteFor(key: ExtensionKey, name?: string): Promise<void>
}

/** The record for the store. Only for what is to outlive the page. */
export function toRecord(grant: Grant): GrantRecord {
  const { key, digest, name, decidedAt } = grant
  const isRevoked = grant.state === 'revoked'
  const scope = JSON.stringify(isRevoked ? { ...grant.scope, revoked: true } : grant.scope)
  return Object.freeze({ key, digest, name, scope, state: grant.state === 'granted' ? 'granted' : 'denied', decidedAt })
}

/** A fresh frozen grant of `key`, or undefined where `input` is not the record of one. */
export function parseGrant(key: ExtensionKey, input: unknown): Grant | undefined {
  if (typeof input !== 'object' || input === null) return undefined
  const fields = new Map<string, unknown>(Object.entries(input))
  const name = PERMISSION_NAMES.find((known) => known === fields.get('name'))
  const state = fields.get('state')
  const decidedAt = fields.get('decidedAt')
  if (fields.get('key') !== key || name === undefined || (state !== 'granted' && state !== 'denied')) return undefined
  if (typeof decidedAt !== 'number' || !Number.isFinite(decidedAt)) return undefined
  const digest = orUndefined(() => parseDigest(fields.get('digest')))
  const terms = orUndefined((): unknown => JSON.parse(String(fields.get('scope'))))
  const scope = parseScope(name, terms)
  if (digest === undefined || scope === undefined) return undefined
  const isRevoked = state === 'denied' && typeof terms === 'object' && terms !== null && 'revoked' in terms
  return Object.freeze({ key, name, scope, state: isRevoked ? 'revoked' : state, duration: 'always', digest, decidedAt })
}

function orUndefined<T>(make: () => T): T | undefined {
  try {
    return make()
  } catch {
    return undefined
  }
}
