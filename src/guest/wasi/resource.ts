/** What all resources of the host's have in common: they are counted, and the guest drops them. */
import { ImportTrap } from './wit-error.ts'

/** What the glue calls when the guest drops a resource; where engines have no Symbol.dispose, it takes this stand-in. */
export const GLUE_DISPOSE: typeof Symbol.dispose = Symbol.dispose ?? (Symbol.for('dispose') as typeof Symbol.dispose) // only its identity matters

export class ResourceCount {
  readonly #max: number
  #open = 0

  constructor(max: number) {
    this.#max = max
  }

  get open(): number {
    return this.#open
  }

  add(): void {
    if (this.#open >= this.#max) throw new ImportTrap(`The component holds more than ${this.#max} resources at once.`, 'too-many-handles')
    this.#open++
  }

  remove(): void {
    this.#open--
  }
}

export class Resource {
  readonly #count: ResourceCount
  #isOpen = true

  constructor(count: ResourceCount) {
    count.add()
    this.#count = count
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  [GLUE_DISPOSE](): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#count.remove()
    this.onDispose()
  }

  protected onDispose(): void {}
}
