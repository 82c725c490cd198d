/** Who is in a box: the extensions that are installed and known to this page, whether an instance of theirs runs or not. */
import { type ExtensionIdentity, extensionKey, type ExtensionKey } from '../../manifest/identity.ts'
import type { RunningExtension } from '../extension/running-extension.ts'

export class RunningExtensions {
  readonly #byKey = new Map<ExtensionKey, RunningExtension>()

  get all(): readonly RunningExtension[] {
    return [...this.#byKey.values()]
  }

  get(key: ExtensionKey): RunningExtension | undefined {
    return this.#byKey.get(key)
  }

  of(identity: ExtensionIdentity): RunningExtension | undefined {
    return this.#byKey.get(extensionKey(identity))
  }

  /** An id belongs to one origin at a time. */
  byId(id: string): RunningExtension | undefined {
    return this.all.find(({ pkg }) => pkg.identity.id === id)
  }

  /** In the place of older code of the same extension. */
  add(running: RunningExtension): void {
    this.#byKey.set(running.pkg.key, running)
  }

  /** Nothing happens when other code has its place already. */
  remove(running: RunningExtension): void {
    if (this.#byKey.get(running.pkg.key) === running) this.#byKey.delete(running.pkg.key)
  }
}
