/**
 * Reading rows back. What comes from disk is unknown: another version of the library or a damaged profile may have written it. A row that
 * does not parse counts as absent; a script of the page's own origin, which could write anything here, is not an attacker this can stop.
 */

import { type Digest, parseDigest } from '../manifest/digest.ts'

export type Fields = Readonly<Record<string, unknown>>

/** The value's fields, or undefined when it is no object. */
export function parseFields(value: unknown): Fields | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  return value as Fields // an object: reading any field gives unknown
}

/** A finite number of at least 0. */
export function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
}

/** The digest, or undefined for a row that holds none. */
export function readDigest(value: unknown): Digest | undefined {
  try {
    return parseDigest(value)
  } catch {
    return undefined
  }
}

export function isBuffers(value: unknown): value is readonly ArrayBuffer[] {
  return Array.isArray(value) && value.every((item) => item instanceof ArrayBuffer)
}

/** Bytes of `text` as UTF-8; a lone surrogate counts 3. */
export function textBytes(text: string): number {
  return new TextEncoder().encode(text).length
}
