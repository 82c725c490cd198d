/**
 * Handles of objects that live in a guest (a component's resources), on the page. A handle belongs to one instance and one run of its memory:
 * afterwards it is stale, also when the guest has an object of the same number again.
 */
import { GuestError } from '../errors.ts'
import { SYMBOL_DISPOSE } from '../util/dispose.ts'
import type { HandleEncoder, WireHandle } from '../wire/value.ts'

/** What a handle may ask of its instance. */
export interface HandleOwner {
  /** Calls a method of the object. */
  call(handle: number, method: string, args: readonly unknown[]): Promise<unknown>
  /** The guest may forget these. Never throws. */
  drop(handles: readonly number[]): void
}

/** An object in the guest. Dispose of it when it is no longer needed; what is garbage here is dropped there, some time. */
export interface GuestHandle extends Disposable {
  /** The resource's name in the guest's WIT. */
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
  readonly #epoch: { readonly isOver: boolean }
  #id: number | undefined

  constructor({ id, type }: WireHandle, epoch: { readonly isOver: boolean }) {
    this.#id = id
    this.type = type
    this.#epoch = epoch
  }

  get id(): number {
    const id = this.take(false)
    if (id === undefined) throw stale()
    return id
  }

  /** Undefined when it is stale. */
  take(isLast = true): number | undefined {
    const id = this.#epoch.isOver ? undefined : this.#id
    if (isLast) this.#id = undefined
    return id
  }
}

/** All handles of one instance. */
export class HandleTable implements HandleEncoder {
  readonly #owner: HandleOwner
  readonly #targets = new WeakMap<object, Target>()
  readonly #garbage: FinalizationRegistry<Target>
  /** Replaced when the guest's memory is. */
  #epoch = { isOver: false }

  constructor(owner: HandleOwner) {
    this.#owner = owner
    this.#garbage = new FinalizationRegistry((target) => this.#drop(target))
  }

  /** Everything that the guest held is gone: all handles are stale. */
  endEpoch(): void {
    this.#epoch.isOver = true
    this.#epoch = { isOver: false }
  }

  has(value: object): boolean {
    return this.#targets.has(value)
  }

  handleOf(value: object): WireHandle {
    const target = this.#targets.get(value)
    if (target === undefined) throw stale()
    return { id: target.id, type: target.type }
  }

  readonly toHandle = (wire: WireHandle): GuestHandle => {
    const target = new Target(wire, this.#epoch)
    const drop = (): void => this.#drop(target)
    const handle: GuestHandle = Object.freeze({
      type: wire.type,
      call: async (method: string, args: readonly unknown[] = []) => this.#owner.call(target.id, method, args),
      dispose: drop,
      [SYMBOL_DISPOSE]: drop,
    })
    this.#targets.set(handle, target)
    this.#garbage.register(handle, target)
    return handle
  }

  #drop(target: Target): void {
    const id = target.take()
    if (id !== undefined) this.#owner.drop([id])
  }
}

function stale(): GuestError {
  return new GuestError('handle-stale', 'The object behind this handle is gone: it was disposed of, or its instance was reset or ended.')
}
