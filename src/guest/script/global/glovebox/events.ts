/** `glovebox.events`: named events of extensions and of the app. */
import type { Frame } from '../../../../wire/frame.ts'
import type { Bridge } from '../../bridge.ts'
import { toCallback, toText } from './argument.ts'
import { deliver, iterate } from './subscription.ts'

export function createEventsArea(bridge: Bridge): object {
  return {
    /** `name` begins with the extension's own id. Rejects with code 'invalid-argument' where the value does not fit the event's schema. */
    async emit(name: unknown, value: unknown): Promise<void> {
      await bridge.capability('event.emit', [toText(name, 'events.emit'), value])
    },
    /** An async iterator of `{name, value, lost}`; with a callback, a promise of a function that ends it. */
    listen(name: unknown, callback?: unknown): unknown {
      const text = toText(name, 'events.listen')
      const run = callback === undefined ? undefined : toCallback(callback, 'events.listen')
      const toItem = ({ value, lost }: Frame): unknown => ({ name: text, value, lost })
      const opening = bridge.capability('event.listen', [text])
      return run === undefined ? iterate(bridge, opening, toItem) : deliver(bridge, opening, toItem, run)
    },
  }
}
