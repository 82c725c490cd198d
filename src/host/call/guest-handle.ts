/**
 * Handles of objects that live in a guest (a component's resources), on the page. A handle belongs to one instance and one run of its memory:
 * afterwards it is stale, also when the guest has an object of the same number again. One object has one handle at a time, and there are no
 * more of them than the extension's limit: the guest's own half keeps to it, so whoever sends more is escaped code.
 */
import { GuestError, WireError } from '../../errors.ts'
import { SYMBOL_DISPOSE } from '../../util/dispose.ts'
import type { HandleEncoder, ToHandle, WireHandle } from '../../wire/value.ts'

/** The instance that the objects of a call's result live in. */
export interface HandleOwner {
  /** Aborts when they are gone. One for each run of its memory. */
  readonly signal: AbortSignal
  /** Calls a method of an object. */
  call(handle: number, method: string, args: readonly unknown[]): Promise<unknown>
  /** The guest may forget it. Never throws. */
  drop(handle: number): void
}

/** An object in the guest. Dispose of it when it is no longer needed; what is garbage here is dropped there, some time. */
export interface GuestHandle extends Disposable {
  /** The resource's name in the guest, as its glue has it: `Counter`. */
  readonly type: string
  /**
   * Calls a method of the object.
   * @throws {GuestError} handle-stale, and as `extension.call`
   */
  call(method: string, args?: readonly unknown[]): Promise<unknown>
  dispose(): void
}

/** What a handle stands for; kept apart from it, so that the handle can become garbage. */
class Target {
  readonly type: string
  readonly #owner: HandleOwner
  readonly #onDrop: (target: Target, id: number) => void
  #id: number | undefined

  constructor({ id, type }: WireHandle, owner: HandleOwner, onDrop: (target: Target, id: number) => void) {
    this.#id = id
    this.type = type
    this.#owner = owner
    this.#onDrop = onDrop
  }

  /** @throws {GuestError} handle-stale */
  get id(): number {
    if (this.#id === undefined || this.#owner.signal.aborted) throw stale()
    return this.#id
  }

  async call(method: string, args: readonly unknown[]): Promise<unknown> {
    return this.#owner.call(this.id, method, args)
  }

  drop(): void {
    const id = this.#id
    this.#id = undefined
    if (id !== undefined && !this.#owner.signal.aborted) this.#onDrop(this, id)
  }
}

/** Its own class, so that it is not taken for a record of the app's. */
class Handle implements GuestHandle {
  readonly type: string
  readonly #target: Target

  constructor(target: Target) {
    this.type = target.type
    this.#target = target
  }

  call(method: string, args: readonly unknown[] = []): Promise<unknown> {
    return this.#target.call(method, args)
  }

  dispose(): void {
    this.#target.drop()
  }

  [SYMBOL_DISPOSE](): void {
    this.dispose()
  }
}

interface LiveHandle {
  readonly handle: WeakRef<Handle>
  readonly target: Target
}

/** All handles of one extension. */
export class HandleTable implements HandleEncoder {
  readonly #max: number
  readonly #targets = new WeakMap<object, Target>()
  /** By the signal of the memory that their objects live in, then by number. */
  readonly #live = new WeakMap<AbortSignal, Map<number, LiveHandle>>()
  readonly #garbage = new FinalizationRegistry<Target>((target) => target.drop())

  /** @param max  in one run of an instance's memory */
  constructor(max: number) {
    this.#max = max
  }

  has(value: object): boolean {
    return this.#targets.has(value)
  }

  handleOf(value: object): WireHandle {
    const target = this.#targets.get(value)
    if (target === undefined) throw stale()
    return { id: target.id, type: target.type }
  }

  /** Makes the handles of one value that `owner` sends. It throws {WireError} flood for more than there can be, before it makes them. */
  receiver(owner: HandleOwner): ToHandle {
    const live = this.#live.get(owner.signal) ?? new Map<number, LiveHandle>()
    this.#live.set(owner.signal, live)
    const count = handleCount(this.#max)
    return (wire) => {
      count()
      const known = live.get(wire.id)?.handle.deref()
      if (known !== undefined) return known
      if (live.size >= this.#max && !live.has(wire.id)) throw tooMany(this.#max)
      return this.#create(wire, owner, live)
    }
  }

  #create(wire: WireHandle, owner: HandleOwner, live: Map<number, LiveHandle>): Handle {
    const target = new Target(wire, owner, (dropped, id) => {
      if (live.get(id)?.target !== dropped) return // it is garbage, and its object has come again: that one is in use
      live.delete(id)
      owner.drop(id)
    })
    const handle = new Handle(target)
    live.set(wire.id, { handle: new WeakRef(handle), target })
    this.#targets.set(handle, target)
    this.#garbage.register(handle, target)
    return handle
  }
}

/** Counts the handles of one value. What it gives throws {WireError} flood beyond `max`. */
export function handleCount(max: number): () => void {
  let count = 0
  return () => {
    if (++count > max) throw tooMany(max)
  }
}

function tooMany(max: number): WireError {
  return new WireError('flood', `The guest's side sent handles of more than ${max} objects.`, { details: { limit: 'handles' } })
}

export function stale(): GuestError {
  return new GuestError('handle-stale', 'The object behind this handle is gone: it was disposed of, or its instance was reset or ended.')
}
