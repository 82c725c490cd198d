/** The timers that are alive, and for which call each was started: read off the ops that pass by, since the delegate keeps its timeouts to itself. */
import type { BridgeValue } from './bridge.ts'

export class TimerCount {
  readonly #timers = new Map<BridgeValue, { readonly repeats: boolean; readonly call: number | undefined }>()

  get size(): number {
    return this.#timers.size
  }

  /** After an op that did not throw. */
  watch(op: string, args: readonly BridgeValue[], call: number | undefined): void {
    if (op === 'timer.start') this.#timers.set(args[0], { repeats: args[2] === true, call })
    else if (op === 'timer.stop') this.#timers.delete(args[0])
  }

  /** The call that it was started for. */
  fire(id: BridgeValue): number | undefined {
    const timer = this.#timers.get(id)
    if (timer?.repeats === false) this.#timers.delete(id)
    return timer?.call
  }
}
