/** Content digests as strings, `sha256:` and 64 lowercase hex digits; only this file makes one. */
export type Digest = string & { readonly __digest: true }

const FORM = /^sha256:[0-9a-f]{64}$/

/** @throws {TypeError} when `input` is not of the form `sha256:<64 hex>` */
export function parseDigest(input: unknown): Digest {
  if (typeof input !== 'string' || !FORM.test(input)) {
    throw new TypeError(`Expected a digest "sha256:<64 lowercase hex digits>", got ${JSON.stringify(input)?.slice(0, 100)}.`)
  }
  return input as Digest // checked above
}

/** SHA-256 of the bytes we hold. Needs a secure context (crypto.subtle). */
export async function digestOf(bytes: Uint8Array<ArrayBuffer>): Promise<Digest> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return parseDigest(`sha256:${Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('')}`)
}
