/** The way out of one instance of a guest, by how its imports wait; and the end of it when the instance is dropped. */
import type { ValueLimits } from '../../wire/payload.ts'
import type { Outward } from '../outward.ts'
import type { SessionOutward } from '../session-outward.ts'
import { JspiOutward } from './jspi.ts'
import { createNeverOutward } from './never.ts'
import { SharedOutward, type SharedLine } from './shared.ts'

export interface InstanceOutwardOptions {
  readonly waiting: Outward['waits']
  /** Of the start message, for `shared-buffer`. */
  readonly line: SharedLine | undefined
  readonly out: SessionOutward
  readonly values: ValueLimits
  readonly pendingCapabilityCalls: number
  /** The page's number of the call that the guest works for. */
  readonly currentCall: () => number | undefined
}

export interface InstanceOutward {
  readonly outward: Outward
  /** Calls to the host, and streams, that are open. */
  readonly pending: () => { readonly calls: number, readonly streams: number }
  /** The call that runs is to end: what it waits for fails. */
  abort(): void
  /** Another call runs from now on. */
  resume(): void
  end(): void
}

export function createInstanceOutward({ waiting, line, currentCall, ...options }: InstanceOutwardOptions): InstanceOutward {
  const log: Outward['log'] = (level, text) => options.out.log(level, text, { call: currentCall(), resolve: () => ({ text, position: undefined }) })
  if (waiting === 'jspi') {
    const outward = new JspiOutward({ ...options, log })
    return {
      outward,
      pending: () => ({ calls: outward.pendingCapabilityCalls, streams: outward.streams }),
      abort: () => outward.abort(),
      resume: () => outward.resume(),
      end: () => outward.end(),
    }
  }
  if (waiting === 'shared-buffer' && line === undefined) throw new Error('The start message brought nothing to wait on.')
  const outward = line === undefined ? createNeverOutward(log) : new SharedOutward(line, log)
  // A worker that blocks hears of no abort: the page answers what it waits for, or ends it.
  return { outward, pending: () => ({ calls: 0, streams: 0 }), abort: () => undefined, resume: () => undefined, end: () => undefined }
}
