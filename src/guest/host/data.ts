/** glovebox:host/data. */
import type * as Wit from '../../generated/data.ts'
import { andThen, type MaybePromise } from '../wait/maybe.ts'
import type { WasiContext } from '../wasi/context.ts'
import { callHost, type Imported } from './call-host.ts'
import { FrameSource } from './frame-source.ts'
import { fromJson, toJson } from './json.ts'

class Changes extends FrameSource {
  next(): MaybePromise<Wit.Change | undefined> {
    return andThen(this.read(), (frame) => (frame === undefined ? undefined : { value: toJson(frame.value), lost: frame.lost }))
  }
}

export function createData(context: WasiContext): Omit<Imported<Wit.Data>, 'subscribe'> & { readonly Changes: unknown, readonly subscribe: unknown } {
  const { outward } = context
  return {
    Changes,
    read: (collection, query, cursor, limit) => andThen(
      callHost(outward, 'data.read', [collection, fromJson(query), { cursor: cursor ?? null, limit }]),
      (page) => {
        const { items, cursor: next } = Object(page) as { readonly items?: unknown, readonly cursor?: unknown } // read as unknown
        return { items: Array.isArray(items) ? items.map(toJson) : [], cursor: typeof next === 'string' ? next : undefined }
      },
    ),
    write: (collection, change) => andThen(callHost(outward, 'data.write', [collection, fromJson(change)]), toJson),
    subscribe: (collection: string) => andThen(callHost(outward, 'data.subscribe', [collection]), (opening) => new Changes(context, opening)),
  }
}
