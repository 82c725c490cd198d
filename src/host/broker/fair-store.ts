/**
 * An extension's storage behind its turns: a database runs transactions one after the other, so one extension with hundreds of writes on their way
 * would have all others wait for them.
 */
import type { FairQueue } from '../../limit/fair-queue.ts'
import type { ExtensionKey } from '../../manifest/identity.ts'
import type { FileStore } from '../../wire/file-store.ts'
import type { KeyValueStore } from '../../wire/key-value.ts'
import type { SealedStore } from '../../wire/sealed-store.ts'

/** What waits was asked for and happens, as it would in the database's own queue. */
const NEVER = new AbortController().signal

type InTurn = <T>(work: () => Promise<T>) => Promise<T>

function turnsOf(queue: FairQueue<ExtensionKey>, key: ExtensionKey): InTurn {
  return async (work) => {
    const leave = await queue.enter(key, queue.places, NEVER)
    return work().finally(leave)
  }
}

export function fairStorage(store: KeyValueStore, queue: FairQueue<ExtensionKey>, key: ExtensionKey): KeyValueStore {
  const inTurn = turnsOf(queue, key)
  return {
    get: (name) => inTurn(() => store.get(name)),
    set: (...args) => inTurn(() => store.set(...args)),
    delete: (...args) => inTurn(() => store.delete(...args)),
    list: (options) => inTurn(() => store.list(options)),
  }
}

export function fairFiles(store: FileStore, queue: FairQueue<ExtensionKey>, key: ExtensionKey): FileStore {
  const inTurn = turnsOf(queue, key)
  return {
    load: (...args) => inTurn(() => store.load(...args)),
    commit: (...args) => inTurn(() => store.commit(...args)),
  }
}

/** An extension's own secrets; the app's wait for nobody. */
export function fairSecrets(store: SealedStore, queue: FairQueue<ExtensionKey>, key: ExtensionKey): SealedStore {
  const inTurn = turnsOf(queue, key)
  return {
    get: (name) => inTurn(() => store.get(name)),
    set: (...args) => inTurn(() => store.set(...args)),
    delete: (name) => inTurn(() => store.delete(name)),
    names: () => inTurn(() => store.names()),
  }
}
