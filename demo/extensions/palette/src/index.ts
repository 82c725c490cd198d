/**
 * Colour palettes in AssemblyScript, over the JSON pointer/length ABI: an export takes pointer and length of JSON text (the array of the call's
 * arguments) and returns a pointer to four bytes, the length of the answer, followed by the answer's JSON text.
 */
import { contrast, fromHsl, hex, parseHex, toHsl } from './colour'
import { answer, fail, readString } from './json'

/** Called by the host for the text it passes in. Memory is fresh for every call, so nothing is ever freed. */
export function alloc(length: i32): usize {
  return heap.alloc(length)
}

/** `["#2d36b8", "triad"]` gives `{"ok": [{"hex": ..., "hsl": [...], "onWhite": ..., "onBlack": ...}, ...]}` or `{"error": ...}`. */
export function palette(pointer: usize, length: i32): usize {
  const text = String.UTF8.decodeUnsafe(pointer, length)
  const base = parseHex(readString(text, 0))
  if (base < 0) return fail('not a colour of the form #rrggbb')
  const scheme = readString(text, 1)
  const turns = turnsOf(scheme)
  if (turns.length == 0) return fail('no such scheme: ' + scheme)
  const hsl = toHsl(base)
  const parts: string[] = []
  for (let index = 0; index < turns.length; index++) {
    const lightness = scheme == 'shades' ? <f64>(index + 1) / (turns.length + 1) : hsl[2]
    parts.push(describe(fromHsl(hsl[0] + turns[index], hsl[1], lightness)))
  }
  return answer('{"ok":[' + parts.join(',') + ']}')
}

/** Degrees that each colour of a scheme is turned on the wheel. */
function turnsOf(scheme: string): f64[] {
  if (scheme == 'complement') return [0, 180]
  if (scheme == 'triad') return [0, 120, 240]
  if (scheme == 'square') return [0, 90, 180, 270]
  if (scheme == 'neighbours') return [-60, -30, 0, 30, 60]
  if (scheme == 'shades') return [0, 0, 0, 0, 0, 0, 0]
  return []
}

function describe(colour: i32): string {
  const hsl = toHsl(colour)
  return (
    `{"hex":"${hex(colour)}","hsl":[${Math.round(hsl[0])},${Math.round(hsl[1] * 100)},${Math.round(hsl[2] * 100)}],` +
    `"onWhite":${twoDigits(contrast(colour, 0xffffff))},"onBlack":${twoDigits(contrast(colour, 0))}}`
  )
}

function twoDigits(value: f64): f64 {
  return Math.round(value * 100) / 100
}
