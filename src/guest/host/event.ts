/** glovebox:host/event. */
import type * as Wit from '../../generated/event.ts'
import { andThen, type MaybePromise } from '../wait/maybe.ts'
import type { WasiContext } from '../wasi/context.ts'
import { callHost, type Imported } from './call-host.ts'
import { FrameSource } from './frame-source.ts'
import { fromJson, toJson } from './json.ts'

class Listener extends FrameSource {
  next(): MaybePromise<Wit.Received | undefined> {
    return andThen(this.read(), (frame) => (frame === undefined ? undefined : { value: toJson(frame.value), lost: frame.lost }))
  }
}

export function createEvent(context: WasiContext): Omit<Imported<Wit.Event>, 'listen'> & { readonly Listener: unknown, readonly listen: unknown } {
  const { outward } = context
  return {
    Listener,
    emit: (name, value) => andThen(callHost(outward, 'event.emit', [name, fromJson(value)]), () => undefined),
    listen: (name: string) => andThen(callHost(outward, 'event.listen', [name]), (opening) => new Listener(context, opening)),
  }
}
