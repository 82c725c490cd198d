/** Ownership in one place: a stack of teardowns that runs once, in reverse, and goes on after a failure. */
// `preserve`: the published types must name what they use, an app's own `lib` may lack it.
/// <reference lib="esnext.disposable" preserve="true" />

/** `Symbol.dispose`, or the well-known stand-in where the engine has none yet (never patched onto globals). */
export const SYMBOL_DISPOSE: typeof Symbol.dispose = Symbol.dispose ?? (Symbol.for('Symbol.dispose') as typeof Symbol.dispose) // same description, engines without it

export class DisposeStack {
  readonly #teardowns: (() => void)[] = []
  #isDisposed = false

  get isDisposed(): boolean {
    return this.#isDisposed
  }

  /** Runs `teardown` at disposal; at once when that has happened already. */
  defer(teardown: () => void): void {
    if (this.#isDisposed) teardown()
    else this.#teardowns.push(teardown)
  }

  /** Idempotent. @throws {AggregateError} after all teardowns ran, when some of them failed */
  dispose(): void {
    if (this.#isDisposed) return
    this.#isDisposed = true
    const failures: unknown[] = []
    for (const teardown of this.#teardowns.reverse()) {
      try {
        teardown()
      } catch (failure) {
        failures.push(failure)
      }
    }
    this.#teardowns.length = 0
    if (failures.length > 0) throw new AggregateError(failures, 'Some teardowns failed.')
  }
}
