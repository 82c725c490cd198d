/** A capability whose code is loaded when an extension first uses it. The names are known ahead: sessions are made with them. */
import type { Capability, CapabilityMethod } from '../../capability/capability.ts'

export class LazyCapability<Loaded extends Capability> implements Capability {
  readonly name: string
  readonly methods: ReadonlyMap<string, CapabilityMethod>
  readonly #load: () => Promise<Loaded>
  #loading: Promise<Loaded> | undefined

  constructor(name: string, methods: readonly string[], load: () => Promise<Loaded>) {
    this.name = name
    this.#load = load
    this.methods = new Map(methods.map((method) => [method, (args, context) => this.#run(method, args, context)]))
  }

  /** Does `work` when the code is there already; what was never loaded has nothing to be told. */
  ifLoaded(work: (capability: Loaded) => void): void {
    void this.#loading?.then(work, () => {})
  }

  /** Its code, loaded now where it is not there yet. */
  loaded(): Promise<Loaded> {
    return (this.#loading ??= this.#load())
  }

  async #run(name: string, ...[args, context]: Parameters<CapabilityMethod>): Promise<unknown> {
    const method = (await this.loaded()).methods.get(name)
    if (method === undefined) throw new Error(`The capability ${this.name} has no method ${name}.`)
    return method(args, context)
  }
}
