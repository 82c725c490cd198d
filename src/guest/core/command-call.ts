/** `extension.run` as it comes over the wire: the request and the result are values, and streams work also where no import can wait. */
import type { Payload } from '../../wire/payload.ts'
import type { RunRequest } from '../../wire/run.ts'
import { decodeValue, encodeValue } from '../../wire/value.ts'
import { FsError } from '../fs/error.ts'
import type { Outward } from '../outward.ts'
import type { SessionOutward } from '../session-outward.ts'
import { GuestFailure } from './failure.ts'
import { serveRun } from './run.ts'
import type { Turn } from './runner.ts'

export interface CommandCall {
  readonly module: WebAssembly.Module
  readonly args: Payload
  readonly out: SessionOutward
  /** Tells the page that `stream` is the output behind `descriptor`. */
  readonly announce: (descriptor: number, stream: number) => void
}

const random = crypto.getRandomValues.bind(crypto)

export async function callCommand({ module, args, out, announce }: CommandCall, { surroundings, values, kept }: Turn): Promise<Payload> {
  const { outward, linked } = surroundings
  const program = {
    module, name: 'main', random, limits: { outputBytes: values.bytes, files: {} }, imports: linked.imports, preopens: kept?.preopens() ?? [],
    sync: outward.waits === 'jspi' ? () => kept?.commit() : () => undefined,
  }
  const request = decodeValue(args, values) as RunRequest // the page's own half makes it
  const reply = serveRun(request, { program, outward: outward.waits === 'never' ? { ...outward, ...plainStreams(out) } : outward, announce })
  return encodeValue(await reply.catch(refuseFiles), values)
}

function refuseFiles(error: unknown): never {
  throw error instanceof FsError ? new GuestFailure('FsError', `The files cannot be laid: ${error.message}`, error.code) : error
}

/** The worker reads to the end before the start, and writes on after the end. */
function plainStreams(out: SessionOutward): Pick<Outward, 'acceptStream' | 'openStream'> {
  return {
    acceptStream: (id) => out.acceptStream(id),
    openStream: () => {
      const { id, sink } = out.openStream()
      return { id, sink: { ...sink, fail: ({ code, message }) => sink.fail({ name: 'Error', message, code, stack: '' }) } }
    },
  }
}
