/** wasi:http 0.2 as imports: https://github.com/WebAssembly/WASI/tree/main/proposals/http */
import type { ImportTable, WasiContext } from '../context.ts'
import { IoError } from '../stream-error.ts'
import { CapabilityFailure } from '../../outward.ts'
import { FutureTrailers, IncomingBody, OutgoingBody } from './body.ts'
import { bindClass } from './context.ts'
import { toHttpError, type HttpError } from './error-code.ts'
import { Fields } from './fields.ts'
import { FutureIncomingResponse, IncomingResponse } from './future-response.ts'
import { IncomingRequest, OutgoingResponse, ResponseOutparam } from './incoming.ts'
import { handleOutgoing } from './outgoing-handler.ts'
import { OutgoingRequest, RequestOptions } from './outgoing-request.ts'

export function createHttp(context: WasiContext): ImportTable {
  return new Map<string, Readonly<Record<string, unknown>>>([
    ['wasi:http/types', {
      Fields: bindClass(Fields, context),
      OutgoingRequest: bindClass(OutgoingRequest, context),
      OutgoingResponse: bindClass(OutgoingResponse, context),
      RequestOptions: bindClass(RequestOptions, context),
      FutureIncomingResponse, FutureTrailers, IncomingBody, IncomingRequest, IncomingResponse, OutgoingBody, ResponseOutparam,
      httpErrorCode,
    }],
    ['wasi:http/outgoing-handler', {
      handle: (request: OutgoingRequest, options: RequestOptions | undefined) => handleOutgoing(context, request, options),
    }],
  ])
}

/** Of an error that a stream of wasi:http failed with. */
function httpErrorCode(error: IoError): HttpError | undefined {
  return toHttpError(new CapabilityFailure(error.code, error.toDebugString()))
}
