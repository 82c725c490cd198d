/**
 * An internal slot: a value that one of our objects holds and that only this folder reaches. Not a WeakMap: QuickJS lets go of what that
 * holds at its next collection only, and the bytes of a body do not bring it nearer. A private field ends with its object.
 */

export interface Slot<T> {
  /** Undefined for an object that was never given the slot. */
  get(object: object): T | undefined
  has(object: object): boolean
  set(object: object, value: T): void
}

/** A constructor that returns what it is given: classes over it put their private fields on any object. */
const Identity = function (object: object): object {
  return object
} as unknown as new (object: object) => object

export function createSlot<T>(): Slot<T> {
  class Holder extends Identity {
    #value: T
    constructor(object: object, value: T) {
      super(object)
      this.#value = value
    }
    static get(object: object): T | undefined {
      return #value in object ? object.#value : undefined
    }
    static has(object: object): boolean {
      return #value in object
    }
    static set(object: object, value: T): void {
      if (#value in object) object.#value = value
      else new Holder(object, value)
    }
  }
  const { get, has, set } = Holder
  return { get, has, set }
}
