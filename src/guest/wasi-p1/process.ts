/** Arguments, environment, clocks, random bytes, the end. https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#functions */
import type { Preview1Context } from './context.ts'
import { WasiError } from './errno.ts'
import { wasiFunction, type WasiFunctions } from './functions.ts'

/** `proc_exit`: unwinds the guest. No error; nothing of it is the guest's but the code. */
export class ExitSignal extends Error {
  override readonly name = 'ExitSignal'
  readonly exitCode: number
  constructor(exitCode: number) {
    super('exit')
    this.exitCode = exitCode
  }
}

const RANDOM_PIECE = 65_536
const CLOCK = { realtime: 0, monotonic: 1, processTime: 2, threadTime: 3 } as const

export function processFunctions({ memory, args, env, clock, random }: Preview1Context): WasiFunctions {
  const start = clock.monotonic()
  const writeSizes = (list: readonly Uint8Array[], countAt: number, bytesAt: number): void => {
    memory.writeU32(countAt, list.length)
    memory.writeU32(bytesAt, list.reduce((sum, { length }) => sum + length, 0))
  }
  const writeList = (list: readonly Uint8Array[], pointersAt: number, bytesAt: number): void => {
    let at = bytesAt
    for (const [index, bytes] of list.entries()) {
      memory.writeU32(pointersAt + index * 4, at)
      memory.write(at, bytes)
      at += bytes.length
    }
  }
  return {
    args_get: wasiFunction(['i32', 'i32'], (pointersAt, bytesAt) => writeList(args, pointersAt, bytesAt)),
    args_sizes_get: wasiFunction(['i32', 'i32'], (countAt, bytesAt) => writeSizes(args, countAt, bytesAt)),
    environ_get: wasiFunction(['i32', 'i32'], (pointersAt, bytesAt) => writeList(env, pointersAt, bytesAt)),
    environ_sizes_get: wasiFunction(['i32', 'i32'], (countAt, bytesAt) => writeSizes(env, countAt, bytesAt)),
    clock_res_get: wasiFunction(['i32', 'i32'], (id, at) => {
      if (id > CLOCK.threadTime) throw new WasiError('inval')
      memory.writeU64(at, clock.resolution)
    }),
    clock_time_get: wasiFunction(['i32', 'i64', 'i32'], (id, _precision, at) => {
      if (id > CLOCK.threadTime) throw new WasiError('inval')
      // No engine tells how long it has worked: the time since the start stands for that.
      const since = id === CLOCK.monotonic ? 0n : start
      memory.writeU64(at, id === CLOCK.realtime ? clock.wall() : clock.monotonic() - since)
    }),
    random_get: wasiFunction(['i32', 'i32'], (at, length) => {
      const bytes = memory.bytes(at, length)
      for (let offset = 0; offset < length; offset += RANDOM_PIECE) random(bytes.subarray(offset, offset + RANDOM_PIECE))
    }),
    proc_exit: wasiFunction(['i32'], (code) => {
      throw new ExitSignal(code)
    }),
    proc_raise: wasiFunction(['i32'], () => {
      throw new WasiError('notsup')
    }),
    sched_yield: wasiFunction([], () => {}),
  }
}
