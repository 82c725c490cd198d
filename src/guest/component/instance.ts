/** One live instantiation of the component. Everything that can be shared (compiled modules, the glue's function) is made before. */
import { andThen, type MaybePromise } from '../wait/maybe.ts'
import type { ImportLookup } from '../wasi/context.ts'
import type { Imports, Instantiate } from './glue.ts'

export interface ComponentCode {
  readonly instantiate: Instantiate
  /** By the names that the glue asks for. */
  readonly modules: ReadonlyMap<string, WebAssembly.Module>
}

export interface ComponentInstance {
  /** Functions and interfaces by name, as the glue gives them. */
  readonly exports: object
  readonly memoryBytes: () => number
}

/** Runs the core modules' start functions. Fails as they do, and for imports that are not in `imports`. */
export function instantiateComponent({ instantiate, modules }: ComponentCode, imports: ImportLookup): MaybePromise<ComponentInstance> {
  const memories = new Set<WebAssembly.Memory>()
  const getCoreModule = (name: string): WebAssembly.Module => {
    const module = modules.get(name)
    if (module === undefined) throw new Error(`The glue asks for the module ${name}, which is not there.`)
    return module
  }
  const instantiateCore = (module: WebAssembly.Module, coreImports?: WebAssembly.Imports): WebAssembly.Instance => {
    const instance = new WebAssembly.Instance(module, coreImports)
    for (const value of Object.values(instance.exports)) if (value instanceof WebAssembly.Memory) memories.add(value)
    return instance
  }
  const memoryBytes = (): number => [...memories].reduce((sum, { buffer }) => sum + buffer.byteLength, 0)
  const made = instantiate(getCoreModule, asObject(imports), instantiateCore) as MaybePromise<unknown> // unknown, or a promise of it
  return andThen(made, (exports) => {
    if (typeof exports !== 'object' || exports === null) throw new Error('The glue gave no exports.')
    return { exports, memoryBytes }
  })
}

/** The glue reads interfaces as properties; one that is not there ends in words instead of a TypeError about undefined. */
function asObject(table: ImportLookup): Imports {
  return new Proxy<Imports>(Object.create(null), {
    get(_target, name) {
      const found = typeof name === 'string' ? (table.get(name) ?? table.get(name.replace(/@.*$/, ''))) : undefined
      if (found === undefined) throw new Error(`The component imports ${String(name)}, which glovebox does not offer.`)
      return found
    },
  })
}
