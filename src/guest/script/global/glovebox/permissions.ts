/** `glovebox.permissions`: the extension sees its own permissions and asks for them. */
import type { Bridge } from '../../bridge.ts'
import { toText } from './argument.ts'

export function createPermissionsArea(bridge: Bridge): object {
  return {
    /** 'granted', 'denied' or 'prompt'. */
    async query(name: unknown): Promise<unknown> {
      return bridge.capability('permission.query', [toText(name, 'permissions.query')])
    },
    /** Asks the user where the state is 'prompt'. Of a list in one question, with the states in its order. */
    async request(names: unknown): Promise<unknown> {
      if (Array.isArray(names)) return bridge.capability('permission.requestAll', [names.map((name) => toText(name, 'permissions.request'))])
      return bridge.capability('permission.request', [toText(names, 'permissions.request')])
    },
  }
}
