/**
 * fetch through the http capability: the host looks the grant up and does the request, bodies stream both ways.
 * An abort is the guest's own affair: it rejects at once and ends the streams, which is what the host notices.
 */
import type { Bridge, CreateGlobals } from '../bridge.ts'
import { onAbort, releaseSignal, signalStateOf } from './abort-state.ts'
import { createDownload, startUpload, toNetworkError } from './body-transfer.ts'
import { createStreamContent, streamOf, usableContentOf, type BodyContent } from './body.ts'
import { Headers } from './headers.ts'
import { requestOf, requestStateOf } from './request.ts'
import { responseOf, type NetworkResponse } from './response.ts'
import { requireArguments, toDictionary } from './web-idl.ts'

/** https://fetch.spec.whatwg.org/#bad-port */
const BAD_PORTS: readonly string[] = (
  '0 1 7 9 11 13 15 17 19 20 21 22 23 25 37 42 43 53 69 77 79 87 95 101 102 103 104 109 110 111 113 115 117 119 123 135 137 139 143 161 179 389 ' +
  '427 465 512 513 514 515 526 530 531 532 540 548 554 556 563 587 601 636 989 990 993 995 1719 1720 1723 2049 3659 4045 4190 5060 5061 6000 ' +
  '6566 6665 6666 6667 6668 6669 6679 6697 10080'
).split(' ')

/** Of a serialized URL without user info; a name of IPv6 has a bracket after its last colon. */
const PORT = /^https?:\/\/[^/?#]*:(\d+)(?:[/?#]|$)/

export const createFetchGlobals: CreateGlobals = (bridge) => {
  const Request = requestOf(bridge)
  const { Response, fromNetwork } = responseOf(bridge)
  return {
    Headers, Request, Response,
    async fetch(...args: readonly [input?: unknown, init?: unknown]): Promise<object> {
      requireArguments(args.length, 1, 'fetch')
      const request = new Request(...args)
      const { signal, url } = requestStateOf(request)
      const { isAborted, reason } = signalStateOf(signal)
      const content = usableContentOf(request)
      if (isAborted) {
        content?.stream?.cancel(reason).catch(() => undefined)
        throw reason
      }
      if (BAD_PORTS.includes(PORT.exec(url)?.[1] ?? '')) throw new TypeError('fetch: this port is not for HTTP')
      return fromNetwork(await send(bridge, request, content))
    },
  }
}

async function send(bridge: Bridge, request: object, content: BodyContent | null): Promise<NetworkResponse> {
  const { url, method, headers, redirect, signal } = requestStateOf(request)
  const sink = content === null ? undefined : bridge.openStream()
  let stopUpload = (_error: unknown): void => undefined
  let failDownload = (_error: unknown): void => undefined
  let forget = (): void => undefined
  const aborted = new Promise<never>((_resolve, reject) => {
    const remove = onAbort(signal, () => {
      const { reason } = signalStateOf(signal)
      reject(reason)
      stopUpload(reason)
      failDownload(reason)
    })
    forget = () => {
      remove()
      releaseSignal(signal) // the request's own, which the guest never saw
    }
  })
  const ask = (): Promise<unknown> => {
    try {
      return bridge.capability('http.fetch', [{ url, method, headers: [...headers.entries()], body: sink?.id ?? null, redirect }])
    } catch (error) {
      // Before anything of the body was sent: what refused requests leave in the worker's queue, nothing counts.
      forget()
      sink?.fail('The request was refused')
      throw error
    }
  }
  const answer = ask()
  if (content !== null && sink !== undefined) stopUpload = startUpload(streamOf(content), sink).stop
  try {
    const response = parseResponse(await Promise.race([answer, aborted]))
    if (response.body === null) {
      forget()
      return { ...response, content: null }
    }
    const { stream, fail } = createDownload(bridge, response.body, forget)
    failDownload = fail
    return { ...response, content: createStreamContent(stream) }
  } catch (error) {
    forget()
    stopUpload(error)
    const isAborted = signalStateOf(signal).isAborted
    if (isAborted) dropLateAnswer(bridge, answer)
    throw isAborted ? error : toNetworkError(error)
  }
}

/** The host may still answer after an abort: its body must not stay open. */
function dropLateAnswer(bridge: Bridge, answer: Promise<unknown>): void {
  answer.then((value) => {
    const { body } = parseResponse(value)
    if (body !== null) bridge.acceptStream(body).cancel()
  }).catch(() => undefined)
}

function parseResponse(value: unknown): Omit<NetworkResponse, 'content'> & { readonly body: number | null } {
  const { url, status, statusText, headers, redirected, body } = toDictionary(value, 'fetch')
  if (!Array.isArray(headers) || (body !== null && typeof body !== 'number')) throw new TypeError('The host gave no response')
  return {
    url: String(url), status: Number(status), statusText: String(statusText), redirected: redirected === true, body,
    headers: headers.map((pair: readonly unknown[]) => [String(pair[0]), String(pair[1])] as const),
  }
}
