/** JavaScript Promise Integration, which the types of the platform do not know yet. https://github.com/WebAssembly/js-promise-integration */
import type { MaybePromise } from '../wait/maybe.ts'

/** `run` as an import that suspends the guest while its promise is pending. */
export function suspending(run: Function): WebAssembly.ImportValue {
  const Suspending: unknown = Reflect.get(WebAssembly, 'Suspending')
  if (typeof Suspending !== 'function') throw new TypeError('This engine cannot suspend WebAssembly.')
  return Reflect.construct(Suspending, [run]) as WebAssembly.ImportValue // what the constructor is for
}

/** `entry` as a function whose calls may be suspended. */
export function promising(entry: WebAssembly.ExportValue): (...values: readonly unknown[]) => MaybePromise<unknown> {
  const promising: unknown = Reflect.get(WebAssembly, 'promising')
  if (typeof promising !== 'function') throw new TypeError('This engine cannot suspend WebAssembly.')
  const wrapped: unknown = promising(entry)
  if (typeof wrapped !== 'function') throw new TypeError('This engine cannot suspend WebAssembly.')
  return (...values) => Reflect.apply(wrapped, undefined, values)
}
