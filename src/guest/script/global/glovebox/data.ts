/** `glovebox.data`: collections of the app's own. */
import type { Frame } from '../../../../wire/frame.ts'
import type { Bridge } from '../../bridge.ts'
import { toDictionary } from '../web-idl.ts'
import { toCallback, toText } from './argument.ts'
import { deliver, iterate } from './subscription.ts'

export function createDataArea(bridge: Bridge): object {
  return {
    /** A page: `{items, cursor}`, cursor null after the last one. */
    async read(collection: unknown, query: unknown = null, options?: unknown): Promise<unknown> {
      return bridge.capability('data.read', [toText(collection, 'data.read'), query, { ...toDictionary(options, 'data.read') }])
    },
    /** Resolves with the app's answer. Rejects with code 'invalid-argument' where the change does not fit the collection. */
    async write(collection: unknown, change: unknown): Promise<unknown> {
      return bridge.capability('data.write', [toText(collection, 'data.write'), change])
    },
    /** An async iterator of `{change, lost}`; with a callback, a promise of a function that ends it. */
    subscribe(collection: unknown, callback?: unknown): unknown {
      const name = toText(collection, 'data.subscribe')
      const run = callback === undefined ? undefined : toCallback(callback, 'data.subscribe')
      const toItem = ({ value, lost }: Frame): unknown => ({ change: value, lost })
      const opening = bridge.capability('data.subscribe', [name])
      return run === undefined ? iterate(bridge, opening, toItem) : deliver(bridge, opening, toItem, run)
    },
  }
}
