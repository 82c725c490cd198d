/** Classes of wasi:http that guests construct are seen by each instance as classes of its own, which know its context. */
import type { WasiContext } from '../context.ts'

type ContextClass = abstract new (context: WasiContext, ...args: never[]) => object

/** `new` of the result puts `context` before the arguments; what is made are ordinary instances of `type`. */
export function bindClass<Class extends ContextClass>(type: Class, context: WasiContext): Class {
  return new Proxy(type, {
    construct: (target, args: readonly unknown[]) => Reflect.construct(target as unknown as Function, [context, ...args]) as object, // ours
  })
}
