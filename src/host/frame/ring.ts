/**
 * Where workers live: a frame of an opaque origin (frame.ts), or the page itself (page-ring.ts, an explicit choice). The rest of the host
 * sees only this.
 */
import type { LaneError } from '../../errors.ts'
import type { Program } from './program.ts'
import type { WaitLine } from './wait-server.ts'

export interface Ring {
  /** Starts a worker of `program`; the returned port leads to it. The caller owns the worker. @throws {LaneError} worker-failed */
  startWorker(program: Program, onFailure: (error: LaneError) => void): Promise<RingWorker>
  /** Ends every worker of the ring without waiting for any. Idempotent. */
  dispose(): void
  readonly isDisposed: boolean
}

export interface RingWorker {
  readonly port: MessagePort
  /** Of a program that blocks. */
  readonly wait: WaitLine | undefined
  /**
   * Ends the worker. Resolves when that is acknowledged; without an acknowledgement the ring itself is disposed. Never rejects. `isUnused`: no
   * guest was in it, so the ring has more time.
   */
  end(isUnused?: boolean): Promise<void>
}
