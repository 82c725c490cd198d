/** A capability whose code is loaded when an extension first uses it. The names are known ahead: sessions are made with them. */
import type { Capability, CapabilityMethod } from '../../capability/capability.ts'
import { loadOnce } from '../../util/load-once.ts'

export class LazyCapability<Loaded extends Capability> implements Capability {
  readonly name: string
  readonly methods: ReadonlyMap<string, CapabilityMethod>
  /** Its code, loaded now where it is not there yet. What could not be loaded is tried again. */
  readonly loaded: () => Promise<Loaded>

  constructor(name: string, methods: readonly string[], load: () => Promise<Loaded>) {
    this.name = name
    this.loaded = loadOnce(load)
    this.methods = new Map(methods.map((method) => [method, (args, context) => this.#run(method, args, context)]))
  }

  async #run(name: string, ...[args, context]: Parameters<CapabilityMethod>): Promise<unknown> {
    const method = (await this.loaded()).methods.get(name)
    if (method === undefined) throw new Error(`The capability ${this.name} has no method ${name}.`)
    return method(args, context)
  }
}
