/**
 * A value that is there, or a promise of it. Imports of WebAssembly guests are written once with `andThen`: under JSPI they give promises, which
 * suspend the guest; where the worker blocks instead they give plain values, and no promise may appear on the way.
 */
export type MaybePromise<T> = T | Promise<T>

export function isPromise<T>(value: MaybePromise<T>): value is Promise<T> {
  return value instanceof Promise
}

/**
 * Goes on with a value at once when it is there. What `onValue` or `onError` throws is thrown, or rejects, in the same way.
 * (Not called `then`: a module that exports that is a thenable, and nothing that awaits an import of it goes on.)
 */
export function andThen<T, R>(
  value: MaybePromise<T>, onValue: (value: T) => MaybePromise<R>, onError?: (error: unknown) => MaybePromise<R>,
): MaybePromise<R> {
  return isPromise(value) ? value.then(onValue, onError) : onValue(value)
}

/** As `try { ... } catch`: also for what `run` throws before there is a promise. */
export function attempt<T, R>(
  run: () => MaybePromise<T>, onValue: (value: T) => MaybePromise<R>, onError: (error: unknown) => MaybePromise<R>,
): MaybePromise<R> {
  let value: MaybePromise<T>
  try {
    value = run()
  } catch (error) {
    return onError(error)
  }
  return andThen(value, onValue, onError)
}
