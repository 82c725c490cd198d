/** Text from strangers, made safe to look at, in the form that the library's own elements have: cut, and with every character visible that could hide or reorder others. */
// Controls, bidi marks and overrides, fillers, zero-width characters, line separators, tags, halves of surrogate pairs.
const INVISIBLE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e007f}\ud800-\udfff]/gu

/** At most `maxLength` characters; invisible ones come out as `\u202e`. */
export function visible(text: string, maxLength = 200): string {
  const cut = text.length > maxLength ? `${text.slice(0, maxLength)}\u2026` : text
  return cut.replace(INVISIBLE, (character) => {
    const hex = (character.codePointAt(0) ?? 0).toString(16)
    return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, '0')}`
  })
}

/** `1f0c22ab...90de`: enough to compare by eye. */
export function shortDigest(digest: string): string {
  const hex = digest.replace(/^sha256:/, '')
  return `${hex.slice(0, 8)}\u2026${hex.slice(-4)}`
}
