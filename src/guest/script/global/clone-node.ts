/** What structuredClone keeps between reading a value and making its copy. */
import { DOMException } from './dom-exception.ts'
import { createSlot } from './slot.ts'

export interface CloneMaker {
  /** Reads the next thing that the object refers to, before anything is made; false when there is none left. */
  read?(): boolean
  /** The copy, still empty. Runs after everything was read, in the order of reading. */
  make(): unknown
  fill?(copy: unknown): void
}

/** One object of the source and, later, its copy. */
export class CloneNode {
  copy: unknown
  readonly maker: CloneMaker
  constructor(maker: CloneMaker) {
    this.maker = maker
  }
}

/** What a value became: itself when primitive, else its node. */
export type CloneSlot = string | number | bigint | boolean | null | undefined | CloneNode

export interface CloneReader {
  /** @throws DOMException 'DataCloneError' when `value` cannot be copied. */
  slot(value: unknown): CloneSlot
  isTransferred(value: object): boolean
  /** What a transferred object became. Only when things are made. */
  moved(value: object): unknown
}

export function copyOf(slot: CloneSlot): unknown {
  return slot instanceof CloneNode ? slot.copy : slot
}

export function refuse(what: string): DOMException {
  return new DOMException(`${what} could not be cloned`, 'DataCloneError')
}

const cloners = createSlot<() => object>()

/** Makes a platform object one that can be cloned: `create` gives a copy of it. */
export function setCloner(value: object, create: () => object): void {
  cloners.set(value, create)
}

export function clonerOf(value: object): (() => object) | undefined {
  return cloners.get(value)
}
