/**
 * An extension's storage behind its turns: a database runs transactions one after the other, so one extension with hundreds of writes on their way
 * would have all others wait for them.
 */
import type { FairQueue } from '../../limit/fair-queue.ts'
import type { ExtensionKey } from '../../manifest/identity.ts'
import type { FileStore } from '../../wire/file-store.ts'
import type { KeyValueStore } from '../../wire/key-value.ts'
import type { SealedStore } from '../../wire/sealed-store.ts'

/** For what no grant ends. */
const NEVER = new AbortController().signal

export interface Turns {
  readonly queue: FairQueue<ExtensionKey>
  readonly key: ExtensionKey
  /** Ends the waiting: what had no turn by then never happens, though it was asked for while the grant lasted. Default: nothing does. */
  readonly grant?: AbortSignal | undefined
}

type InTurn = <T>(work: () => Promise<T>) => Promise<T>

function turnsOf({ queue, key, grant = NEVER }: Turns): InTurn {
  return async (work) => {
    const leave = await queue.enter(key, queue.places, grant)
    return work().finally(leave)
  }
}

export function fairStorage(store: KeyValueStore, turns: Turns): KeyValueStore {
  const inTurn = turnsOf(turns)
  return {
    get: (name) => inTurn(() => store.get(name)),
    set: (...args) => inTurn(() => store.set(...args)),
    delete: (...args) => inTurn(() => store.delete(...args)),
    list: (options) => inTurn(() => store.list(options)),
  }
}

export function fairFiles(store: FileStore, turns: Turns): FileStore {
  const inTurn = turnsOf(turns)
  return {
    load: (...args) => inTurn(() => store.load(...args)),
    commit: (...args) => inTurn(() => store.commit(...args)),
  }
}

/** An extension's own secrets; the app's wait for nobody. */
export function fairSecrets(store: SealedStore, turns: Turns): SealedStore {
  const inTurn = turnsOf(turns)
  return {
    get: (name) => inTurn(() => store.get(name)),
    set: (...args) => inTurn(() => store.set(...args)),
    delete: (name) => inTurn(() => store.delete(name)),
    names: () => inTurn(() => store.names()),
  }
}
