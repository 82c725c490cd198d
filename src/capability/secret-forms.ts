/** The forms in which a server may repeat a header's value word for word: as it is, and in base64 wherever in it the secret begins. */

/** 8 to 4096 characters of visible ASCII, spaces only inside: what a header can carry, and what can be told from ordinary text. */
export const MIN_SECRET_CHARS = 8
export const MAX_SECRET_CHARS = 4096
const SECRET = /^[\x21-\x7e][\x20-\x7e]*[\x21-\x7e]$/

/** May it be put into a header? Shorter ones would be found in any text, and their masks would tell where. */
export function isBindable(value: string): boolean {
  return value.length >= MIN_SECRET_CHARS && value.length <= MAX_SECRET_CHARS && SECRET.test(value)
}

/**
 * Percent-encoding and JSON's escapes are not here: the scrubber reads through both.
 *
 * @param secret  bindable
 */
export function secretForms(secret: string): readonly Uint8Array[] {
  const encoded = [0, 1, 2].map((shift) => {
    const text = btoa('\0'.repeat(shift) + secret)
    // Of characters that a byte before or after the secret has a part in, none is certain.
    return text.slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + secret.length) * 8) / 6))
  })
  const forms = new Set([secret, ...encoded, ...encoded.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'))])
  return [...forms].map((form) => new TextEncoder().encode(form))
}
