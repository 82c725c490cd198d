/** The little JSON that the palette needs: a string out of an array of plain strings, and an answer with its length in front. */

/** The `index`th string of `["...", "..."]`, '' where there is none. An escaped character stands for itself, which is enough for `\"` and `\\`. */
export function readString(text: string, index: i32): string {
  let at = 0
  for (let found = 0; (at = text.indexOf('"', at)) >= 0; found++) {
    let value = ''
    for (at++; at < text.length && text.charCodeAt(at) != 0x22; at++) {
      if (text.charCodeAt(at) == 0x5c) at++
      value += text.charAt(at)
    }
    if (found == index) return value
    at++
  }
  return ''
}

export function answer(json: string): usize {
  const length = String.UTF8.byteLength(json)
  const pointer = heap.alloc(4 + length)
  store<u32>(pointer, length)
  String.UTF8.encodeUnsafe(changetype<usize>(json), json.length, pointer + 4)
  return pointer
}

export function fail(message: string): usize {
  let quoted = ''
  for (let index = 0; index < message.length; index++) {
    const code = message.charCodeAt(index)
    if (code >= 0x20 && code != 0x22 && code != 0x5c) quoted += message.charAt(index)
  }
  return answer('{"error":"' + quoted + '"}')
}
