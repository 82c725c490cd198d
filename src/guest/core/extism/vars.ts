/** A plug-in's variables: kept as long as its instance's worker, of a bounded size together. */

/** Extism's own default. */
const MAX_BYTES = 2 ** 20

export class Vars {
  readonly #values = new Map<string, Uint8Array<ArrayBuffer>>()
  #bytes = 0

  get byteLength(): number {
    return this.#bytes
  }

  get(key: string): Uint8Array<ArrayBuffer> | undefined {
    return this.#values.get(key)
  }

  /** Takes ownership of `value`. False when there is no room: nothing has changed then. */
  set(key: string, value: Uint8Array<ArrayBuffer>): boolean {
    const bytes = this.#bytes - this.#costOf(key) + key.length + value.length
    if (bytes > MAX_BYTES) return false
    this.#bytes = bytes
    this.#values.set(key, value)
    return true
  }

  delete(key: string): void {
    this.#bytes -= this.#costOf(key)
    this.#values.delete(key)
  }

  clear(): void {
    this.#values.clear()
    this.#bytes = 0
  }

  #costOf(key: string): number {
    const value = this.#values.get(key)
    return value === undefined ? 0 : key.length + value.length
  }
}
