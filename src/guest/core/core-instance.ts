/** One live instantiation of a core module. Once code was left by anything but its return, its memory may be in any state: it is spoiled. */
import { attempt, type MaybePromise } from '../wait/maybe.ts'
import { promising } from '../wasi-p1/suspend.ts'
import type { Linked } from './link.ts'

export class CoreInstance {
  readonly raw: WebAssembly.Instance
  readonly memory: WebAssembly.Memory | undefined
  readonly #suspends: boolean
  #isSpoiled = false

  /** Runs the module's start function. @throws as it does */
  constructor(module: WebAssembly.Module, { imports, suspends, memory }: Linked) {
    this.#suspends = suspends
    this.raw = new WebAssembly.Instance(module, imports)
    const own = this.raw.exports['memory']
    this.memory = own instanceof WebAssembly.Memory ? own : memory
  }

  get isSpoiled(): boolean {
    return this.#isSpoiled
  }

  get memoryBytes(): number {
    return this.memory?.buffer.byteLength ?? 0
  }

  /** Of an exported function, with arguments of its type. */
  invoke(name: string, args: readonly (number | bigint)[]): MaybePromise<unknown> {
    const exported = this.raw.exports[name]
    if (typeof exported !== 'function') throw new TypeError(`There is no function ${name}.`)
    const run: Function = this.#suspends ? promising(exported) : exported
    return attempt(() => Reflect.apply(run, undefined, args) as MaybePromise<unknown>, (value) => value, (error) => {
      this.#isSpoiled = true
      throw error
    })
  }
}
