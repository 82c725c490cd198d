/**
 * Handles of objects that live in a guest (a component's resources), on the page. A handle belongs to one instance and one run of its memory:
 * afterwards it is stale, also when the guest has an object of the same number again.
 */
import { GuestError } from '../errors.ts'
import { SYMBOL_DISPOSE } from '../util/dispose.ts'
import type { HandleEncoder, ToHandle, WireHandle } from '../wire/value.ts'

/** The instance that the objects of a call's result live in. */
export interface HandleOwner {
  /** Aborts when they are gone. */
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
  #id: number | undefined

  constructor({ id, type }: WireHandle, owner: HandleOwner) {
    this.#id = id
    this.type = type
    this.#owner = owner
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
    if (id !== undefined && !this.#owner.signal.aborted) this.#owner.drop(id)
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

/** All handles of one extension. */
export class HandleTable implements HandleEncoder {
  readonly #targets = new WeakMap<object, Target>()
  readonly #garbage = new FinalizationRegistry<Target>((target) => target.drop())

  has(value: object): boolean {
    return this.#targets.has(value)
  }

  handleOf(value: object): WireHandle {
    const target = this.#targets.get(value)
    if (target === undefined) throw stale()
    return { id: target.id, type: target.type }
  }

  /** Makes the handles of what `owner` sends. */
  receiver(owner: HandleOwner): ToHandle {
    return (wire) => {
      const target = new Target(wire, owner)
      const handle = new Handle(target)
      this.#targets.set(handle, target)
      this.#garbage.register(handle, target)
      return handle
    }
  }
}

export function stale(): GuestError {
  return new GuestError('handle-stale', 'The object behind this handle is gone: it was disposed of, or its instance was reset or ended.')
}
