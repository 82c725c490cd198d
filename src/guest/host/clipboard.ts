/** glovebox:host/clipboard. */
import type * as Wit from '../../generated/clipboard.ts'
import { andThen } from '../wait/maybe.ts'
import type { WasiContext } from '../wasi/context.ts'
import { callHost, type Imported } from './call-host.ts'

export function createClipboard({ outward }: WasiContext): Imported<Wit.Clipboard> {
  return {
    readText: () => andThen(callHost(outward, 'clipboard.readText', []), String),
    writeText: (text) => andThen(callHost(outward, 'clipboard.writeText', [text]), () => undefined),
  }
}
