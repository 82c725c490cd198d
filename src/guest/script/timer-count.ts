/** How many timers are alive, for the statistics: read off the ops that pass by, since the delegate keeps its timeouts to itself. */
import type { BridgeValue } from './bridge.ts'

export class TimerCount {
  /** Id to whether it repeats. */
  readonly #timers = new Map<BridgeValue, boolean>()

  get size(): number {
    return this.#timers.size
  }

  /** After an op that did not throw. */
  watch(op: string, args: readonly BridgeValue[]): void {
    if (op === 'timer.start') this.#timers.set(args[0], args[2] === true)
    else if (op === 'timer.stop') this.#timers.delete(args[0])
  }

  fire(id: BridgeValue): void {
    if (this.#timers.get(id) === false) this.#timers.delete(id)
  }
}
