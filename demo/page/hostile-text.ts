/** Text from strangers, made safe to look at: cut, and with every character visible that could hide or reorder others. */
// Controls, bidi marks and overrides, zero-width characters, line separators, tags.
const INVISIBLE = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]/gu

/** At most `maxLength` characters; invisible ones come out as `[U+202E]`. */
export function visible(text: string, maxLength = 200): string {
  const cut = text.length > maxLength ? `${text.slice(0, maxLength)}\u2026` : text
  return cut.replace(INVISIBLE, (character) => `[U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`)
}

/** `sha256:1f0c 22ab ... 90de`: enough to compare by eye. */
export function shortDigest(digest: string): string {
  const hex = digest.replace(/^sha256:/, '')
  return `sha256 ${hex.slice(0, 4)} ${hex.slice(4, 8)} \u2026 ${hex.slice(-4)}`
}
