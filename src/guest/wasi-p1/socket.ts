/** There are no sockets: what is open is none, and says so. https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#functions */
import type { Preview1Context } from './context.ts'
import { WasiError } from './errno.ts'
import { wasiFunction, type WasiFunctions } from './functions.ts'

export function socketFunctions({ descriptors }: Preview1Context): WasiFunctions {
  const refuse = (fd: number): never => {
    descriptors.get(fd)
    throw new WasiError('notsock')
  }
  return {
    sock_accept: wasiFunction(['i32', 'i32', 'i32'], refuse),
    sock_recv: wasiFunction(['i32', 'i32', 'i32', 'i32', 'i32', 'i32'], refuse),
    sock_send: wasiFunction(['i32', 'i32', 'i32', 'i32', 'i32'], refuse),
    sock_shutdown: wasiFunction(['i32', 'i32'], refuse),
  }
}
