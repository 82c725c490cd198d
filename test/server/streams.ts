/** Bodies that are long, slow or not what they seem; each ends when the client goes away. */
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { createGzip } from 'node:zlib'
import { type Exchange, numberOf, sendJson } from './routes.ts'

const CHUNK_BYTES = 65_536

export async function sendBytes({ response, url }: Exchange): Promise<void> {
  const total = numberOf(url, 'n', 1024)
  response.writeHead(200, { 'Content-Type': 'application/octet-stream', 'Content-Length': total })
  await untilGone(pipeline(Readable.from(zeros(total)), response))
}

export async function sendSlow({ response, url }: Exchange): Promise<void> {
  await wait(numberOf(url, 'ms', 1000), undefined, { ref: false }) // a test may end before
  sendJson(response, {})
}

export async function sendDrip({ response, url }: Exchange): Promise<void> {
  const pauseMs = numberOf(url, 'ms', 50)
  const count = numberOf(url, 'n', Number.POSITIVE_INFINITY)
  response.writeHead(200, { 'Content-Type': 'application/octet-stream' })
  response.flushHeaders()
  for (let sent = 0; sent < count && !response.destroyed; sent += 1) {
    response.write('.')
    await wait(pauseMs)
  }
  response.end()
}

export async function sendGzipBomb({ response, url }: Exchange): Promise<void> {
  response.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Encoding': 'gzip' })
  await untilGone(pipeline(Readable.from(zeros(numberOf(url, 'mib', 256) * 2 ** 20)), createGzip(), response))
}

function* zeros(total: number): Generator<Buffer> {
  const chunk = Buffer.alloc(CHUNK_BYTES)
  for (let left = total; left > 0; left -= CHUNK_BYTES) yield left < CHUNK_BYTES ? chunk.subarray(0, left) : chunk
}

/** A client that cancels is what such tests are about. */
async function untilGone(sending: Promise<void>): Promise<void> {
  await sending.catch(() => undefined)
}
