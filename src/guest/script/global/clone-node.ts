/** What structuredClone keeps between reading a value and making its copy. */
import { DOMException } from './dom-exception.ts'

export interface CloneMaker {
  /** Reads what the object refers to; runs once, before anything is made. */
  read?(): void
  /** The copy, still empty. Runs after everything was read, in the order of reading. */
  make(): unknown
  fill?(copy: unknown): void
}

/** One object of the source and, later, its copy. */
export class CloneNode {
  copy: unknown
  readonly source: object
  readonly maker: CloneMaker
  constructor(source: object, maker: CloneMaker) {
    this.source = source
    this.maker = maker
  }
}

/** What a value became: itself when primitive, else its node. */
export type CloneSlot = string | number | bigint | boolean | null | undefined | CloneNode

export interface CloneReader {
  /** @throws DOMException 'DataCloneError' when `value` cannot be copied. */
  slot(value: unknown): CloneSlot
  isTransferred(buffer: object): boolean
}

export function copyOf(slot: CloneSlot): unknown {
  return slot instanceof CloneNode ? slot.copy : slot
}

export function refuse(what: string): DOMException {
  return new DOMException(`${what} could not be cloned`, 'DataCloneError')
}
