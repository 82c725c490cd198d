/** wasi:http/outgoing-handler 0.2: one request of the guest's, done by the page under its grant. */
import { attempt, type MaybePromise } from '../../wait/maybe.ts'
import type { WasiContext } from '../context.ts'
import { GLUE_DISPOSE } from '../resource.ts'
import { WitError } from '../wit-error.ts'
import { FutureIncomingResponse } from './future-response.ts'
import type { OutgoingRequest, RequestOptions } from './outgoing-request.ts'
import { joinUrl } from './request-line.ts'

/** What guests' libraries set and the browser sets itself. */
const BROWSERS_OWN: ReadonlySet<string> = new Set(['content-length', 'user-agent', 'accept-encoding', 'te'])
const BODILESS: readonly string[] = ['GET', 'HEAD']

/** Owns both. Answers at once. */
export function handleOutgoing(context: WasiContext, request: OutgoingRequest, options: RequestOptions | undefined): FutureIncomingResponse {
  const { outward } = context
  const { method, scheme, authority, path, headers, body } = request.take()
  const timeoutMs = options?.timeoutMs
  options?.[GLUE_DISPOSE]()
  const url = joinUrl(scheme, authority, path)
  if (url === undefined) {
    body?.discard()
    throw new WitError({ tag: 'HTTP-request-URI-invalid' })
  }
  const isBodiless = BODILESS.includes(method)
  if (isBodiless) body?.discard() // an empty one, by the libraries that always take it
  const sent = headers.filter(([name]) => !BROWSERS_OWN.has(name))
  const future = new FutureIncomingResponse(context, {
    timeoutMs,
    send: () => {
      const stream = body === undefined || isBodiless ? null : body.open(outward)
      const ask = (): MaybePromise<unknown> => outward.capability('http.fetch', [{ url, method, headers: sent, body: stream, redirect: 'follow' }])
      return attempt(ask, (answer) => answer, (error) => {
        body?.discard()
        throw error
      })
    },
  })
  // A blocking worker cannot send a body while it waits for the answer: it asks when the body is finished, or the guest asks for the answer.
  if (outward.waits === 'jspi' || body === undefined || isBodiless) future.start()
  else body.onEnd(() => future.start())
  return future
}
