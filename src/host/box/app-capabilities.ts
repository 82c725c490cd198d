/** What the app itself puts into a box: events, collections, capabilities. Here is the app's side; the code behind is loaded at first use. */
import type { Capability } from '../../capability/capability.ts'
import type { DataHub, ProvidedCollection } from '../../capability/data.ts'
import type { EventHub, HostEvent } from '../../capability/event.ts'
import { isEventName } from '../../capability/event-name.ts'
import type { ProvidedCapability, ProvidedHub } from '../../capability/provided.ts'
import { requireObject } from '../../util/known-keys.ts'
import { loadOnce } from '../../util/load-once.ts'
import { setTimer } from '../../util/timer.ts'
import { LazyCapability } from '../broker/lazy-capability.ts'
import type { ResolvedOptions } from '../options.ts'

export interface AppEvents {
  /**
   * Emits `host/<name>` to every instance that listens now. Resolves when it is on its way.
   * @throws {TypeError} for other names, and for values that are no JSON, too large, or do not fit the event's schema
   */
  emit(name: string, value: unknown): Promise<void>
  /** Hears an event of the app's or of an extension's, `<id>/<name>`, until the function that it gives is called. */
  listen(name: string, callback: (event: HostEvent) => void): () => void
}

export class AppCapabilities {
  readonly all: readonly Capability[]
  readonly events: AppEvents
  readonly #event: LazyCapability<EventHub>
  readonly #data: LazyCapability<DataHub>
  readonly #host: LazyCapability<ProvidedHub>

  constructor({ events: schemas }: Pick<ResolvedOptions, 'events'>) {
    // Events and changes share them.
    const openMailboxes = loadOnce(async () => new (await import('../../capability/mailbox.ts')).Mailboxes(setTimer))
    this.#event = new LazyCapability('event', ['event.emit', 'event.listen'], async () => {
      const [{ EventHub }, mailboxes] = await Promise.all([import('../../capability/event.ts'), openMailboxes()])
      return new EventHub({ schemas, mailboxes, reportError: report })
    })
    this.#data = new LazyCapability('data', ['data.read', 'data.write', 'data.subscribe'], async () => {
      const [{ DataHub }, mailboxes] = await Promise.all([import('../../capability/data.ts'), openMailboxes()])
      return new DataHub(report, mailboxes)
    })
    this.#host = new LazyCapability('host', ['host.call'], async () => {
      const { ProvidedHub } = await import('../../capability/provided.ts')
      return new ProvidedHub(report)
    })
    this.events = Object.freeze(createAppEvents(this.#event))
    this.all = [this.#event, this.#data, this.#host]
  }

  async provide(provided: ProvidedCollection | ProvidedCapability): Promise<() => void> {
    requireObject('provide: what is provided', provided)
    if ('collection' in provided) return (await this.#data.loaded()).provide(provided)
    return (await this.#host.loaded()).provide(provided)
  }
}

/** The app's mistakes are for its developer, in the console, as uncaught errors are. */
function report(error: unknown): void {
  reportError(error)
}

function createAppEvents(lazy: LazyCapability<EventHub>): AppEvents {
  return {
    async emit(name, value) {
      await (await lazy.loaded()).emit(name, value)
    },
    listen(name, callback) {
      if (typeof callback !== 'function') throw new TypeError('events.listen needs a function.')
      if (!isEventName(name)) throw new TypeError(`An event is named such as 'com.acme.weather/changed', got ${String(name).slice(0, 100)}.`)
      const listening = lazy.loaded().then((hub) => hub.listen(name, callback))
      listening.catch((error: unknown) => reportError(error)) // its code could not be loaded
      let isOver = false
      return () => {
        if (isOver) return
        isOver = true
        void listening.then((stop) => stop(), () => {})
      }
    },
  }
}
