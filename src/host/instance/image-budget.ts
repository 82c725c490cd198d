/**
 * What the images of a box's extensions may hold together in the page's memory. Code that escaped its engine chooses how large its image is, up
 * to the cap of one; a hundred such extensions must not add up.
 */

const MAX_BYTES = 64 * 2 ** 20

export class ImageBudget {
  #bytes = 0

  /** False: there is no room, and the image is not to be kept. */
  reserve(bytes: number): boolean {
    if (this.#bytes + bytes > MAX_BYTES) return false
    this.#bytes += bytes
    return true
  }

  release(bytes: number): void {
    this.#bytes -= bytes
  }
}
