/**
 * The component's resources that the page holds, by number. Numbers are never used twice, so that a handle of an instance that is gone, of
 * another extension, or one that was given away, is found to be stale.
 */
import { GuestError, LimitError } from '../../errors.ts'
import type { HandleEncoder, WireHandle } from '../../wire/value.ts'
import { GLUE_DISPOSE } from '../wasi/resource.ts'

/** The glue keeps its own number of a resource under a symbol with this description; undefined once the component owns it again. */
const GLUE_HANDLE = 'handle'

export class ResourceHandles implements HandleEncoder {
  readonly #max: number
  readonly #onClear: () => void
  readonly #resources = new Map<number, object>()
  readonly #numbers = new Map<object, number>()
  #next = 1
  /** The first number since they were cleared last. */
  #first = 1

  /** @param onClear  those that the page was given are gone */
  constructor(max: number, onClear: () => void = () => undefined) {
    this.#max = max
    this.#onClear = onClear
  }

  get size(): number {
    return this.#resources.size
  }

  has(value: object): boolean {
    return glueHandle(value) !== undefined
  }

  handleOf(value: object): WireHandle {
    const known = this.#numbers.get(value)
    if (known !== undefined) return { id: known, type: typeOf(value) }
    if (this.#resources.size >= this.#max) {
      throw new LimitError('too-many-handles', `The page holds ${this.#max} objects of the extension's already; dispose of some.`)
    }
    const id = this.#next++
    this.#resources.set(id, value)
    this.#numbers.set(value, id)
    return { id, type: typeOf(value) }
  }

  readonly find = ({ id }: Pick<WireHandle, 'id'>): object => {
    const resource = this.#resources.get(id)
    // One that the component took back counts until the page drops it: there, it is counted as well.
    if (resource !== undefined && glueHandle(resource) !== undefined) return resource
    throw new GuestError('handle-stale', 'The object behind a handle is gone: it was disposed of, given to the component, or lost with its instance.')
  }

  /** The page holds it no more. @throws what the resource's destructor in the component ends with */
  drop(id: number): void {
    const resource = this.#resources.get(id)
    if (resource === undefined) return
    this.#forget(id, resource)
    const dispose: unknown = glueHandle(resource) === undefined ? undefined : Reflect.get(resource, GLUE_DISPOSE)
    if (typeof dispose === 'function') Reflect.apply(dispose, resource, [])
  }

  /** The instance they belonged to is gone, and its destructors with it. */
  clear(): void {
    this.#resources.clear()
    this.#numbers.clear()
    if (this.#next > this.#first) this.#onClear()
    this.#first = this.#next
  }

  #forget(id: number, resource: object): void {
    this.#resources.delete(id)
    this.#numbers.delete(resource)
  }
}

/** Undefined for what is no resource, or one that the component took back. */
function glueHandle(value: object): unknown {
  for (const symbol of Object.getOwnPropertySymbols(value)) {
    if (symbol.description === GLUE_HANDLE) return Reflect.get(value, symbol)
  }
  return undefined
}

function typeOf(value: object): string {
  const prototype: unknown = Object.getPrototypeOf(value)
  const constructor: unknown = typeof prototype === 'object' && prototype !== null ? Reflect.get(prototype, 'constructor') : undefined
  return typeof constructor === 'function' ? constructor.name : ''
}
