/** Which packages the host lets in. Required and without a default: a host that has not decided must not run strangers' code by accident. */
import { PolicyError } from '../errors.ts'
import { parseDigest } from '../manifest/digest.ts'
import type { Digest } from '../manifest/digest.ts'

export type TrustPolicy =
  /** Any package, signed or not; shown in `box.report()`, install records and prompts. */
  | { readonly kind: 'development' }
  /** Exactly these package digests. An empty list lets nothing in. */
  | { readonly kind: 'digests'; readonly allow: readonly Digest[] }

export type TrustKind = TrustPolicy['kind']

/** @throws {TypeError} when `input` is no trust policy; says what to write */
export function parseTrust(input: unknown): TrustPolicy {
  const { kind, allow, ...rest } = fieldsOf(input)
  const [unknownKey] = Object.keys(rest)
  if (unknownKey !== undefined) throw new TypeError(`trust has an unknown key ${JSON.stringify(unknownKey)}; known are kind and allow.`)
  switch (kind) {
    case 'development':
      if (allow !== undefined) throw new TypeError('trust { kind: "development" } takes no allow list; with a list write kind: "digests".')
      return Object.freeze({ kind })
    case 'digests':
      if (!Array.isArray(allow)) throw new TypeError('trust { kind: "digests" } needs allow: an array of package digests "sha256:<64 hex>".')
      return Object.freeze({ kind, allow: Object.freeze(Array.from(allow, (item: unknown) => parseDigest(item))) })
    default:
      throw new TypeError(
        `Expected trust: { kind: "digests", allow: ["sha256:..."] }, or { kind: "development" } while developing, got ${typeof input === 'string' ? `the text ${shown(input)}` : kind === undefined ? 'none' : `kind ${shown(kind)}`}.`,
      )
  }
}

/** @throws {PolicyError} untrusted-digest */
export function decideTrust(policy: TrustPolicy, digest: Digest): void {
  switch (policy.kind) {
    case 'development':
      return
    case 'digests':
      if (policy.allow.includes(digest)) return
      throw new PolicyError('untrusted-digest', `The package has the digest ${digest}, which trust.allow does not list; review it, then add it.`, {
        details: { digest },
      })
    default:
      policy satisfies never
  }
}

function fieldsOf(input: unknown): { readonly kind?: unknown; readonly allow?: unknown } {
  return typeof input === 'object' && input !== null ? { ...input } : {}
}

function shown(value: unknown): string {
  return String(JSON.stringify(value)).slice(0, 40)
}
