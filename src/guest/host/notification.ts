/** glovebox:host/notification. */
import type * as Wit from '../../generated/notification.ts'
import { andThen } from '../wait/maybe.ts'
import type { WasiContext } from '../wasi/context.ts'
import { callHost, type Imported } from './call-host.ts'

export function createNotification({ outward }: WasiContext): Imported<Wit.Notification> {
  return {
    show: ({ title, body, tag }) => andThen(callHost(outward, 'notification.show', [{ title, body, tag }]), () => undefined),
  }
}
