/**
 * The one time that prepared glue, which stands behind this worker's own text, may speak: it hands over a function that makes `instantiate`.
 * It is generated from a stranger's component; the preparer has checked its form, and the realm is locked down when it runs.
 */

export type GetCoreModule = (name: string) => WebAssembly.Module
export type InstantiateCore = (module: WebAssembly.Module, imports?: WebAssembly.Imports) => WebAssembly.Instance
export type Imports = Readonly<Record<string, Readonly<Record<string, unknown>>>>
/** As jco generates it. Gives the component's exports; no promise when core modules and their instantiation are given at once. */
export type Instantiate = (getCoreModule: GetCoreModule, imports: Imports, instantiateCore: InstantiateCore) => unknown

const NAME = 'gloveboxGlue'

/** Defines the global. The result gives what the glue handed over. @throws {Error} when there was no glue */
export function receiveGlue(scope: object): () => Instantiate {
  let factory: unknown
  Object.defineProperty(scope, NAME, {
    configurable: true,
    value: (given: unknown) => {
      Reflect.deleteProperty(scope, NAME)
      factory = given
    },
  })
  return () => {
    Reflect.deleteProperty(scope, NAME)
    const instantiate: unknown = typeof factory === 'function' ? factory() : undefined
    if (typeof instantiate !== 'function') throw new Error('The worker has no glue.')
    return instantiate as Instantiate // of the form that the preparer makes
  }
}
