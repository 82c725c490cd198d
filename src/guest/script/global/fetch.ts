/**
 * fetch through the http capability: the host looks the grant up and does the request, bodies stream both ways.
 * An abort is the guest's own affair: it rejects at once and ends the streams, which is what the host notices.
 */
import type { Bridge, CreateGlobals, GuestSink } from '../bridge.ts'
import { onAbort, releaseSignal, signalStateOf } from './abort-state.ts'
import { createFailingStream, toChunk, type BodyStream, type CreatedStream } from './body-stream.ts'
import { createStreamContent, streamOf, usableContentOf, type BodyContent } from './body.ts'
import { Headers } from './headers.ts'
import { requestOf, requestStateOf } from './request.ts'
import { responseOf, type NetworkResponse } from './response.ts'
import { openReader } from './streams.ts'
import { requireArguments, toDictionary } from './web-idl.ts'

/** Errors that say what to do; everything else of the network's is a TypeError, as in browsers. */
const OWN_NAMES: readonly unknown[] = ['PermissionError', 'LimitError', 'DisposedError']

/** What crosses at once. */
const PIECE_BYTES = 64 * 2 ** 10

export const createFetchGlobals: CreateGlobals = (bridge) => {
  const Request = requestOf(bridge)
  const { Response, fromNetwork } = responseOf(bridge)
  return {
    Headers, Request, Response,
    async fetch(...args: readonly [input?: unknown, init?: unknown]): Promise<object> {
      requireArguments(args.length, 1, 'fetch')
      const request = new Request(...args)
      const { signal } = requestStateOf(request)
      const { isAborted, reason } = signalStateOf(signal)
      const content = usableContentOf(request)
      if (isAborted) {
        content?.stream?.cancel(reason).catch(() => undefined)
        throw reason
      }
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
  const answer = bridge.capability('http.fetch', [{ url, method, headers: [...headers.entries()], body: sink?.id ?? null, redirect }])
  if (content !== null && sink !== undefined) stopUpload = startUpload(streamOf(content), sink)
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

function createDownload(bridge: Bridge, id: number, onEnd: () => void): CreatedStream {
  const source = bridge.acceptStream(id)
  return createFailingStream({
    pull: async () => {
      try {
        const chunk = await source.read()
        if (chunk === undefined) onEnd()
        return chunk as Uint8Array<ArrayBuffer> | undefined // there is no SharedArrayBuffer in the guest
      } catch (error) {
        onEnd()
        throw toNetworkError(error)
      }
    },
    cancel: () => {
      onEnd()
      source.cancel()
    },
  })
}

/** Sends a body until it ends or the other side has enough. Returns how to end it before. */
function startUpload(stream: BodyStream, sink: GuestSink): (error: unknown) => void {
  const reader = openReader(stream)
  let isOver = false
  const stop = (error: unknown): void => {
    if (isOver) return
    isOver = true
    sink.fail(error instanceof Error ? error.message : 'The body failed')
    reader.cancel(error).catch(() => undefined)
  }
  const pump = async (): Promise<void> => {
    for (;;) {
      const { done, value } = await reader.read()
      if (isOver || done) break
      const bytes = toChunk(value)
      for (let offset = 0; offset < bytes.length && !isOver; offset += PIECE_BYTES) {
        await sink.write(bytes.length <= PIECE_BYTES ? bytes : bytes.slice(offset, offset + PIECE_BYTES))
      }
    }
    if (!isOver) sink.end()
    isOver = true
  }
  pump().catch(stop)
  return stop
}

function toNetworkError(error: unknown): unknown {
  if (!(error instanceof Error) || OWN_NAMES.includes(error.name)) return error
  const code: unknown = 'code' in error ? error.code : ''
  return Object.assign(new TypeError(error.message, { cause: error }), { code: typeof code === 'string' ? code : '' })
}

function parseResponse(value: unknown): Omit<NetworkResponse, 'content'> & { readonly body: number | null } {
  const { url, status, statusText, headers, redirected, body } = toDictionary(value, 'fetch')
  if (!Array.isArray(headers) || (body !== null && typeof body !== 'number')) throw new TypeError('The host gave no response')
  return {
    url: String(url), status: Number(status), statusText: String(statusText), redirected: redirected === true, body,
    headers: headers.map((pair: readonly unknown[]) => [String(pair[0]), String(pair[1])] as const),
  }
}
