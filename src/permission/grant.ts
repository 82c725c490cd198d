/**
 * A grant: what was decided about one permission of one extension's code. Immutable; a new decision takes the old one's place. What comes
 * back from the store is unknown until parsed: a record that cannot be read counts as no decision, so that damage asks again and never allows.
 */
import type { Digest } from '../manifest/digest.ts'
import { parseDigest } from '../manifest/digest.ts'
import type { ExtensionKey, Installation } from '../manifest/identity.ts'
import type { PermissionName, Scope } from '../manifest/permission.ts'
import { PERMISSION_NAMES } from '../manifest/permission.ts'
import { parseScope } from './scope/index.ts'

/** `denied` by the user, who was asked; `revoked`, taken back: to the outside denied as well, with an error of its own. */
export type GrantState = 'granted' | 'denied' | 'revoked'

/** `session` ends with its page, so only the others reach the store. What is allowed once ends with its call and is no grant. */
export type GrantDuration = 'session' | 'until' | 'always'

/** `user`: in answer to a prompt. `host`: by a call of the app's. `policy`: nobody was asked. */
export type GrantMaker = 'user' | 'host' | 'policy'

/** An id is a manifest's own claim: an uninstall and an install later it can be a stranger's. */
export type InstalledId = readonly [id: string, installation: string]

export interface Grant {
  readonly key: ExtensionKey
  readonly name: PermissionName
  /** What was granted: what was asked, or less. */
  readonly scope: Scope
  /** What was asked for then: later code that asks for no more need not ask again. */
  readonly asked: Scope
  /** Of the extensions in `scope` those that were installed then, and which installations they were. */
  readonly about: readonly InstalledId[]
  readonly state: GrantState
  readonly duration: GrantDuration
  /** ms since 1970; undefined unless it holds `until` then. */
  readonly expiresAt: number | undefined
  readonly by: GrantMaker
  /** The code that the decision is about. */
  readonly digest: Digest
  /** ms since 1970; grows with every decision about the same permission, so that the later of two is known without comparing clocks. */
  readonly decidedAt: number
}

/** What a person or the host has decided, for the record. */
export interface PermissionDecision extends Pick<Grant, 'name' | 'scope' | 'state' | 'by'> {
  readonly duration: GrantDuration | 'once'
}

/** A grant as the store keeps it. */
export interface GrantRecord {
  readonly key: ExtensionKey
  readonly digest: Digest
  readonly name: string
  /** JSON text that only this file reads: scopes, date and maker. */
  readonly terms: string
  readonly state: GrantState
  readonly decidedAt: number
}

/**
 * Where grants live: one record for each key, name and digest, those of earlier code included. An uninstall removes them and raises the
 * extension's generation; nothing is written then for an older one, and the writer hears `PackageError` 'not-installed'.
 */
export interface GrantStore {
  /** All records of one extension. */
  listFor(key: ExtensionKey): Promise<{ readonly generation: number; readonly records: readonly unknown[] }>
  /**
   * Replaces the records with the same key, name and digest, all or none. A revoked one takes the grants of that permission from all other code
   * of the extension's, so that no rollback brings back what was taken back.
   */
  put(installation: Installation, records: readonly GrantRecord[]): Promise<void>
  delete(installation: Installation, name: string, digest: Digest): Promise<void>
}

/** Puts an installation's record and its grants into the store, in one transaction. */
export type InstallWrite = (grants: readonly GrantRecord[]) => Promise<void>

/** The record for the store. Only for what is to outlive the page. */
export function toRecord({ key, digest, name, state, decidedAt, scope, asked, about, expiresAt, by }: Grant): GrantRecord {
  return Object.freeze({ key, digest, name, terms: JSON.stringify({ scope, asked, ...(about.length > 0 && { about }), expiresAt, by }), state, decidedAt })
}

/** A fresh frozen grant of `key`, or undefined where `input` is not the record of one. */
export function parseGrant(key: ExtensionKey, input: unknown): Grant | undefined {
  const fields = fieldsOf(input)
  const name = PERMISSION_NAMES.find((known) => known === fields.get('name'))
  const state = STATES.find((known) => known === fields.get('state'))
  const decidedAt = fields.get('decidedAt')
  const digest = orUndefined(() => parseDigest(fields.get('digest')))
  if (fields.get('key') !== key || name === undefined || state === undefined || digest === undefined || !isTime(decidedAt)) return undefined
  const terms = parseTerms(name, orUndefined((): unknown => JSON.parse(String(fields.get('terms')))))
  return terms && Object.freeze({ key, name, state, digest, decidedAt, duration: terms.expiresAt === undefined ? 'always' : 'until', ...terms })
}

function parseTerms(name: PermissionName, input: unknown): Pick<Grant, 'scope' | 'asked' | 'about' | 'expiresAt' | 'by'> | undefined {
  const fields = fieldsOf(input)
  const scope = parseScope(name, fields.get('scope'))
  const asked = parseScope(name, fields.get('asked'))
  const expiresAt = fields.get('expiresAt')
  const by = MAKERS.find((known) => known === fields.get('by'))
  if (scope === undefined || asked === undefined || by === undefined || (expiresAt !== undefined && !isTime(expiresAt))) return undefined
  return { scope, asked, about: parseAbout(fields.get('about')), expiresAt, by }
}

/** What cannot be read is about nobody: it is asked again. */
function parseAbout(input: unknown): readonly InstalledId[] {
  if (!Array.isArray(input)) return []
  return input.flatMap((one: unknown): InstalledId[] => {
    const [id, installation]: readonly unknown[] = Array.isArray(one) ? one : []
    return typeof id === 'string' && typeof installation === 'string' ? [[id, installation]] : []
  })
}

const STATES: readonly GrantState[] = ['granted', 'denied', 'revoked']
const MAKERS: readonly GrantMaker[] = ['user', 'host', 'policy']

function isTime(input: unknown): input is number {
  return typeof input === 'number' && Number.isFinite(input)
}

function fieldsOf(input: unknown): ReadonlyMap<string, unknown> {
  return new Map(typeof input === 'object' && input !== null ? Object.entries(input) : [])
}

function orUndefined<T>(make: () => T): T | undefined {
  try {
    return make()
  } catch {
    return undefined
  }
}
