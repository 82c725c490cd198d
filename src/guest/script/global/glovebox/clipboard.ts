/** `glovebox.clipboard`: the user's, as text. */
import type { Bridge } from '../../bridge.ts'
import { toText } from './argument.ts'

export function createClipboardArea(bridge: Bridge): object {
  return {
    async readText(): Promise<unknown> {
      return bridge.capability('clipboard.readText', [])
    },
    async writeText(text: unknown): Promise<void> {
      await bridge.capability('clipboard.writeText', [toText(text, 'clipboard.writeText')])
    },
  }
}
