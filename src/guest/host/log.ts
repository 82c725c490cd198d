/** glovebox:host/log. */
import type * as Wit from '../../generated/log.ts'
import type { WasiContext } from '../wasi/context.ts'
import type { Imported } from './call-host.ts'

export function createLog({ outward }: WasiContext): Imported<Wit.Log> {
  return { write: (level, text) => void outward.log(level, text) }
}
