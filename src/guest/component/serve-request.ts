/** A request of the page's, answered by what the component exports as wasi:http/incoming-handler. */
import type { Outcome, Payload, ValueLimits } from '../../wire/payload.ts'
import { decodeValue, encodeValue } from '../../wire/value.ts'
import { verdict } from '../verdict.ts'
import { HttpExchange } from '../wasi/http/exchange.ts'
import type { RequestHead } from '../wasi/http/incoming.ts'
import { describeFailure } from './call-error.ts'
import { findExport } from './export-name.ts'
import type { Live } from './live.ts'

export interface ServedRequest {
  readonly id: number
  /** The request's head. */
  readonly args: Payload
  readonly values: ValueLimits
  /** Where it is found while it lasts. */
  readonly exchanges: Map<number, HttpExchange>
}

const HANDLER = 'wasi:http/incoming-handler#handle'

/** Ends when the component has returned. `answer` hears the outcome as soon as it is known; what is returned counts when it was not. */
export async function serveRequest(live: Live, { id, args, values, exchanges }: ServedRequest, answer: (outcome: Outcome) => void): Promise<Outcome> {
  const handler = findExport(live.exports, HANDLER)
  if (handler === undefined) return { ok: false, error: verdict('export-missing', 'The extension exports no wasi:http/incoming-handler.') }
  const head = decodeValue(args, values) as RequestHead // the page's own half sends it
  const exchange = new HttpExchange(live.context, head, {
    head: (response) => answer({ ok: true, value: encodeValue(response, values) }),
    error: (error) => answer({ ok: false, error: describeFailure(error, values).record }),
  })
  exchanges.set(id, exchange)
  await Reflect.apply(handler.target, undefined, [exchange.request, exchange.outparam])
  exchange.returned()
  return { ok: false, error: { name: 'TypeError', message: 'The handler returned without an answer.', code: '', stack: '' } }
}
