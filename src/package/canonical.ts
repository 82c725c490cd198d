/**
 * Canonical JSON (RFC 8785 for strings, booleans, finite numbers, arrays and plain objects) and the canonical manifest, whose SHA-256 is
 * the package digest. The parsed manifest is written, not the author's text: what is used is what is hashed. A field that a later
 * version adds must be left out where the author did not give it, so that digests of old packages stay.
 */
import { digestOf } from '../manifest/digest.ts'
import type { Digest } from '../manifest/digest.ts'
import type { PackageManifest } from '../manifest/manifest.ts'

/** @throws {TypeError} on what the subset does not hold (undefined, NaN, lone surrogates, functions…): a bug of ours, never of the author's */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value)
  if (typeof value === 'string' && !/\p{Cs}/u.test(value)) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value === 'object') {
    const entries = Object.entries(value).sort(([a], [b]) => compareCodeUnits(a, b))
    return `{${entries.map(([key, item]) => `${canonicalJson(key)}:${canonicalJson(item)}`).join(',')}}`
  }
  throw new TypeError(`Expected a JSON value of the canonical subset, got ${typeof value}.`)
}

/** Order of UTF-16 code units, the same in every locale. */
export function compareCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

export async function packageDigest(manifest: PackageManifest): Promise<Digest> {
  return digestOf(new TextEncoder().encode(canonicalJson(manifest)))
}
