/** What belongs to one object of Intl's, on the object itself as a private field: no patched WeakMap sees it, and subclasses have it. */
import type { ServiceName } from './intl-options.ts'

export interface IntlState {
  readonly type: ServiceName | 'Locale' | 'Segments' | 'Segment Iterator'
  /** Locales and options as JSON, which name the worker's formatter. Of a Locale: its tag. */
  readonly key: string
  /** The bound function of `format` or `compare`. */
  bound?: Function
  readonly segments?: Segmentation | undefined
}

export interface Segment {
  readonly segment: string
  readonly index: number
  readonly input: string
  readonly isWordLike?: boolean
}

/** A text being segmented. */
export interface Segmentation {
  next(): Segment | undefined
  containing(index: number): Segment | undefined
  restart(): Segmentation
}

/** A base class whose constructor gives back what it got: fields of the subclass are put on that. */
class Given {
  constructor(object: object) {
    return object
  }
}

class Stamp extends Given {
  readonly #state: IntlState

  constructor(object: object, state: IntlState) {
    super(object)
    this.#state = state
  }

  static stateOf(value: object): IntlState | undefined {
    return #state in value ? value.#state : undefined
  }
}

export function stamp<T extends object>(object: T, state: IntlState): T {
  void new Stamp(object, state)
  return object
}

/** @throws {TypeError} when `value` is not of `type` */
export function requireState(value: unknown, type: IntlState['type']): IntlState {
  const state = typeof value === 'object' && value !== null ? Stamp.stateOf(value) : undefined
  if (state?.type !== type) throw new TypeError(`This is no Intl.${type}`)
  return state
}

/** Tag of an Intl.Locale. */
export function tagOf(value: unknown): string | undefined {
  const state = typeof value === 'object' && value !== null ? Stamp.stateOf(value) : undefined
  return state?.type === 'Locale' ? state.key : undefined
}
