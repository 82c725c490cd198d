/** `glovebox.notifications`: of the user's system. */
import type { Bridge } from '../../bridge.ts'
import { toDictionary } from '../web-idl.ts'

export function createNotificationsArea(bridge: Bridge): object {
  return {
    /** `{title, body, tag}`. */
    async show(message: unknown): Promise<void> {
      await bridge.capability('notification.show', [{ ...toDictionary(message, 'notifications.show') }])
    },
  }
}
