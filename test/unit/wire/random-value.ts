/** Values of the wire's kinds from a seed, shared references included, so that a failure can be had again. */

export type Random = () => number

/** mulberry32: 0 <= x < 1. */
export function seeded(seed: number): Random {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let bits = Math.imul(state ^ (state >>> 15), 1 | state)
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32
  }
}

const STRINGS = ['', 'a', '$', '__proto', 'constructor', 'toString', 'then', '\u0000', '\ud800', '"', '\\', '\u2028', '{"$":["u"]}', '0', '-1']
const NUMBERS = [0, -0, 1, -1, 1.5, NaN, Infinity, -Infinity, 2 ** 53, 1e300, 5e-324]

export function randomValue(random: Random): unknown {
  return new Maker(random).value(0)
}

class Maker {
  readonly #random: Random
  readonly #objects: object[] = []

  constructor(random: Random) {
    this.#random = random
  }

  value(depth: number): unknown {
    const kind = this.#below(depth < 5 ? 14 : 6)
    switch (kind) {
      case 0:
        return NUMBERS[this.#below(NUMBERS.length)]
      case 1:
        return STRINGS[this.#below(STRINGS.length)]
      case 2:
        return this.#random() < 0.5
      case 3:
        return null
      case 4:
        return undefined
      case 5:
        return BigInt(Math.floor(this.#random() * 2 ** 50)) * (this.#random() < 0.5 ? -1n : 1n)
      default:
        return this.#object(kind, depth + 1)
    }
  }

  #object(kind: number, depth: number): object {
    const known = this.#objects[this.#below(this.#objects.length + 1)]
    if (known !== undefined && this.#random() < 0.4) return known
    const object = this.#fresh(kind, depth)
    this.#objects.push(object) // complete by now, so that nothing can contain itself
    return object
  }

  #fresh(kind: number, depth: number): object {
    const items = Array.from({ length: this.#below(4) }, () => this.value(depth))
    switch (kind) {
      case 6:
        return items
      case 7:
        return new Set(items)
      case 8:
        return new Map(items.map((item) => [item, this.value(depth)]))
      case 9:
        return new Date(this.#random() < 0.2 ? NaN : Math.floor(this.#random() * 2e12))
      case 10:
        return Uint8Array.from({ length: this.#below(8) }, () => this.#below(256))
      case 11:
        return new ArrayBuffer(this.#below(8))
      default:
        return Object.fromEntries(items.map((item) => [STRINGS[this.#below(STRINGS.length)], item]))
    }
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit)
  }
}
