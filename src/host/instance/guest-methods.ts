/**
 * What a worker may call on the page: capabilities, and word of itself. Here a stranger's arguments become typed ones; anything else is a breach.
 */
import { WireError } from '../../errors.ts'
import { isCount } from '../../util/count.ts'
import { parseJson } from '../../util/json.ts'
import { type MetLimit, parseMetLimit } from '../../wire/guest-limit.ts'
import { parseErrorRecord, parsePayload } from '../../wire/message.ts'
import type { ErrorRecord, Outcome, Payload } from '../../wire/payload.ts'
import type { SessionMethod } from '../../wire/session.ts'

/** Whoever is called. */
export interface GuestListener {
  /** Rejects only with a WireError, which ends the session. */
  capability(name: string, args: Payload): Promise<Outcome>
  /** @throws {WireError} malformed-message */
  log(args: Payload): void
  /** A run opened a stream for what it prints. False: it cannot have. */
  output(call: number, descriptor: number, stream: number): boolean
  /** The guest's half refused it something. */
  limitMet(met: MetLimit): void
  /** Objects that the page holds are gone: the guest's memory is fresh. */
  forgotten(): void
  died(record: ErrorRecord): void
}

/** Three numbers. */
const MAX_OUTPUT_CHARS = 100

/** @param names  wire names of all capabilities */
export function guestMethods(names: readonly string[], listener: GuestListener): ReadonlyMap<string, SessionMethod> {
  const methods = new Map<string, SessionMethod>()
  for (const name of names) {
    methods.set(name, async (argument) => {
      const outcome = await listener.capability(name, payloadOf(name, argument))
      return { result: outcome, transfer: outcome.ok ? outcome.value.buffers : [] }
    })
  }
  methods.set('log', async (argument) => {
    listener.log(payloadOf('log', argument))
    return DONE
  })
  methods.set('limit', async (argument) => {
    const met = parseMetLimit(payloadOf('limit', argument).text)
    if (met === undefined) throw malformedCall('limit')
    listener.limitMet(met)
    return DONE
  })
  methods.set('output', async (argument) => {
    const [call, descriptor, stream] = parseNumbers(payloadOf('output', argument).text)
    if (!isCount(call) || !isCount(descriptor) || !isCount(stream) || !listener.output(call, descriptor, stream)) throw malformedCall('output')
    return DONE
  })
  methods.set('forgotten', async () => {
    listener.forgotten()
    return DONE
  })
  methods.set('died', async (argument) => {
    const record = parseErrorRecord(argument)
    if (record === undefined) throw malformedCall('died')
    listener.died(record)
    return DONE
  })
  return methods
}

export function malformedCall(name: string): WireError {
  return new WireError('malformed-message', `The guest's side called "${name}" in an unknown form.`)
}

const DONE = { result: undefined, transfer: [] } as const

function payloadOf(name: string, argument: unknown): Payload {
  const payload = parsePayload(argument)
  if (payload === undefined) throw malformedCall(name)
  return payload
}

/** `[call, descriptor, stream]` as JSON. */
function parseNumbers(text: string): readonly unknown[] {
  const parts: unknown = text.length > MAX_OUTPUT_CHARS ? undefined : parseJson(text)
  return Array.isArray(parts) ? parts : []
}
