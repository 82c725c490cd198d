/** Colours as 0xrrggbb, and as hue in degrees, saturation and lightness from 0 to 1. */

/** -1 where it is none. */
export function parseHex(text: string): i32 {
  if (text.length != 7 || text.charCodeAt(0) != 0x23) return -1
  let value = 0
  for (let index = 1; index < 7; index++) {
    const digit = digitOf(text.charCodeAt(index) | 0x20)
    if (digit < 0) return -1
    value = (value << 4) | digit
  }
  return value
}

export function hex(colour: i32): string {
  return '#' + (colour | 0x1000000).toString(16).slice(1)
}

export function toHsl(colour: i32): f64[] {
  const red = channel(colour, 16)
  const green = channel(colour, 8)
  const blue = channel(colour, 0)
  const max = Math.max(red, Math.max(green, blue))
  const min = Math.min(red, Math.min(green, blue))
  const range = max - min
  const lightness = (max + min) / 2
  if (range == 0) return [0, 0, lightness]
  let sixth = (red - green) / range + 4
  if (max == red) sixth = (green - blue) / range + (green < blue ? 6 : 0)
  else if (max == green) sixth = (blue - red) / range + 2
  return [sixth * 60, range / (1 - Math.abs(2 * lightness - 1)), lightness]
}

export function fromHsl(hue: f64, saturation: f64, lightness: f64): i32 {
  const reach = saturation * Math.min(lightness, 1 - lightness)
  return (byteAt(0, hue, reach, lightness) << 16) | (byteAt(8, hue, reach, lightness) << 8) | byteAt(4, hue, reach, lightness)
}

/** WCAG 2 contrast ratio, 1 to 21. */
export function contrast(one: i32, other: i32): f64 {
  const first = luminance(one)
  const second = luminance(other)
  return (Math.max(first, second) + 0.05) / (Math.min(first, second) + 0.05)
}

function byteAt(offset: f64, hue: f64, reach: f64, lightness: f64): i32 {
  const turn = (hue + 360) % 360
  const step = (offset + turn / 30) % 12
  return <i32>Math.round(255 * (lightness - reach * Math.max(-1, Math.min(step - 3, Math.min(9 - step, 1)))))
}

function luminance(colour: i32): f64 {
  return 0.2126 * linear(channel(colour, 16)) + 0.7152 * linear(channel(colour, 8)) + 0.0722 * linear(channel(colour, 0))
}

function linear(value: f64): f64 {
  return value <= 0.04045 ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4)
}

function channel(colour: i32, shift: i32): f64 {
  return <f64>((colour >> shift) & 255) / 255
}

function digitOf(code: i32): i32 {
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  if (code >= 0x61 && code <= 0x66) return code - 0x57
  return -1
}
