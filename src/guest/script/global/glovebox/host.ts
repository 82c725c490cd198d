/** `glovebox.host`: what the app provides itself. */
import type { Bridge } from '../../bridge.ts'
import { toText } from './argument.ts'

export function createHostArea(bridge: Bridge): object {
  return {
    /** `method` is `<capability>.<method>`. */
    async call(method: unknown, ...args: readonly unknown[]): Promise<unknown> {
      return bridge.capability('host.call', [toText(method, 'host.call'), args])
    },
  }
}
