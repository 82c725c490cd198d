/** Error numbers of preview 1. https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#errno */
import { FsError, type FsErrorCode } from '../fs/error.ts'
import { CapabilityFailure } from '../outward.ts'

export const ERRNO = {
  success: 0, badf: 8, busy: 10, dquot: 19, exist: 20, fault: 21, fbig: 22, ilseq: 25, inval: 28, io: 29, isdir: 31, loop: 32, mfile: 33,
  nametoolong: 37, noent: 44, nospc: 51, notdir: 54, notempty: 55, notsock: 57, notsup: 58, overflow: 61, perm: 63, rofs: 69, spipe: 70, xdev: 75,
  notcapable: 76,
} as const

const NUMBERS = {
  'bad-descriptor': ERRNO.badf,
  'busy': ERRNO.busy,
  'exist': ERRNO.exist,
  'file-too-large': ERRNO.fbig,
  'illegal-byte-sequence': ERRNO.ilseq,
  'insufficient-space': ERRNO.nospc,
  'invalid': ERRNO.inval,
  'is-directory': ERRNO.isdir,
  'loop': ERRNO.loop,
  'name-too-long': ERRNO.nametoolong,
  'no-entry': ERRNO.noent,
  'not-directory': ERRNO.notdir,
  'not-empty': ERRNO.notempty,
  'not-permitted': ERRNO.perm,
  'cross-device': ERRNO.xdev,
  'quota': ERRNO.dquot,
  'read-only': ERRNO.rofs,
} as const satisfies Record<FsErrorCode, number>

/** A function of preview 1 that ends in an error number. */
export class WasiError extends Error {
  override readonly name = 'WasiError'
  readonly errno: number
  constructor(errno: keyof typeof ERRNO) {
    super(errno)
    this.errno = ERRNO[errno]
  }
}

/** What the guest gets to know. What is no error of the guest's doing (an exit, a limit of the run) goes on its way: it ends the guest. */
export function errnoOf(error: unknown): number {
  if (error instanceof WasiError) return error.errno
  if (error instanceof FsError) return NUMBERS[error.code]
  if (error instanceof CapabilityFailure) return ERRNO.io
  throw error
}
