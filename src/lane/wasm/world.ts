/**
 * What a component imports and exports, gathered while it is read. Instances are followed to the nested component that they are made of, which
 * is how toolchains export an interface; where that leads nowhere the functions are unknown and the list of them is undefined.
 */
import { SORT_FUNCTION, SORT_INSTANCE } from './component-names.ts'

/** `name` as the component gives it: `forecast`, or `acme:weather/api@1.2.0`. */
export type WorldItem =
  | { readonly kind: 'function'; readonly name: string }
  | { readonly kind: 'instance'; readonly name: string; readonly functions?: readonly string[] }

export interface World {
  readonly imports: readonly WorldItem[]
  readonly exports: readonly WorldItem[]
}

interface ScopeExport {
  readonly sort: number
  readonly instance: Scope | undefined
}

/** One component while it is read. A scope stands for what it exports, too. */
export class Scope {
  readonly imports: { readonly name: string; readonly sort: number }[] = []
  readonly exports = new Map<string, ScopeExport>()
  readonly components: (Scope | undefined)[] = []
  readonly instances: (Scope | undefined)[] = []

  world(): World {
    const imports = this.imports.flatMap(({ name, sort }): WorldItem[] => {
      return sort === SORT_FUNCTION ? [{ kind: 'function', name }] : sort === SORT_INSTANCE ? [{ kind: 'instance', name }] : []
    })
    return { imports, exports: [...this.exports].flatMap(toItem) }
  }
}

function toItem([name, { sort, instance }]: readonly [string, ScopeExport]): WorldItem[] {
  if (sort === SORT_FUNCTION) return [{ kind: 'function', name }]
  if (sort !== SORT_INSTANCE) return []
  if (instance === undefined) return [{ kind: 'instance', name }]
  return [{ kind: 'instance', name, functions: [...instance.exports].flatMap(([inner, { sort }]) => (sort === SORT_FUNCTION ? [inner] : [])) }]
}
