/// <reference lib="es2024.string" />
/**
 * UTF-8 without the worker, for texts so short that crossing costs more than the loop, and for URLSearchParams.
 * https://encoding.spec.whatwg.org/#utf-8
 */

/** Bytes of `text`; lone surrogates become U+FFFD. */
export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length * 3)
  let length = 0
  for (let index = 0; index < text.length; index += 1) {
    let point = text.charCodeAt(index)
    if (point < 0x80) {
      bytes[length++] = point
      continue
    }
    if (point < 0x800) {
      bytes[length++] = 0xc0 | (point >> 6)
      bytes[length++] = 0x80 | (point & 0x3f)
      continue
    }
    if (point >= 0xd800 && point <= 0xdfff) {
      const pair = text.codePointAt(index) ?? point
      point = pair > 0xffff ? pair : 0xfffd
    }
    if (point > 0xffff) {
      index += 1
      bytes[length++] = 0xf0 | (point >> 18)
      bytes[length++] = 0x80 | ((point >> 12) & 0x3f)
    } else {
      bytes[length++] = 0xe0 | (point >> 12)
    }
    bytes[length++] = 0x80 | ((point >> 6) & 0x3f)
    bytes[length++] = 0x80 | (point & 0x3f)
  }
  return bytes.slice(0, length)
}

/** Text of `bytes`, every maximal ill-formed part as one U+FFFD; a byte order mark stays. */
export function decodeUtf8(bytes: Uint8Array): string {
  let text = ''
  let index = 0
  while (index < bytes.length) {
    const lead = bytes[index++] ?? 0
    if (lead < 0x80) {
      text += String.fromCharCode(lead)
      continue
    }
    const more = lead >= 0xf0 && lead <= 0xf4 ? 3 : lead >= 0xe0 && lead < 0xf0 ? 2 : lead >= 0xc2 && lead < 0xe0 ? 1 : 0
    // The second byte's range keeps out over-long forms, surrogates and what is past U+10FFFF.
    let low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80
    let high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf
    let point = lead & (0x3f >> more)
    let left = more
    for (; left > 0; left -= 1, low = 0x80, high = 0xbf) {
      const byte = bytes[index] ?? 0
      if (byte < low || byte > high) break
      point = (point << 6) | (byte & 0x3f)
      index += 1
    }
    text += more === 0 || left > 0 ? '\ufffd' : String.fromCodePoint(point)
  }
  return text
}
