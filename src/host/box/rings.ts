/** Opens and owns rings, as the host chose them, in the order of the design: static frame, srcdoc frame (only with `frame: 'auto'`), refuse. */
import { DisposedError, isGloveboxError } from '../../errors.ts'
import type { Assets } from '../runtime/assets.ts'
import { openFrame } from '../frame/frame.ts'
import type { ResolvedOptions } from '../options.ts'
import type { Report } from './report.ts'
import type { Ring } from '../frame/ring.ts'

export class Rings {
  readonly #options: ResolvedOptions
  readonly #assets: Assets
  readonly #open = new Set<Ring>()
  readonly #life = new AbortController()
  #kind: Report['isolation']['kind']

  constructor(options: ResolvedOptions, assets: Assets) {
    this.#options = options
    this.#assets = assets
    this.#kind = options.isolation === 'worker' ? 'page-worker' : 'file-frame'
  }

  /** What the last ring was; the next one is of the same kind. */
  get kind(): Report['isolation']['kind'] {
    return this.#kind
  }

  /** The caller disposes the ring when it needs it no more. @throws {LaneError} frame-missing @throws {DisposedError} disposed */
  async open(): Promise<Ring> {
    const ring = await this.#openKind()
    for (const other of this.#open) if (other.isDisposed) this.#open.delete(other)
    this.#open.add(ring)
    return ring
  }

  /** Every ring, those that are still being opened too. Idempotent. */
  dispose(): void {
    this.#life.abort(new DisposedError('disposed', 'The box was disposed.'))
    for (const ring of this.#open) ring.dispose()
    this.#open.clear()
  }

  async #openKind(): Promise<Ring> {
    this.#life.signal.throwIfAborted()
    switch (this.#kind) {
      case 'page-worker': {
        const { PageRing } = await import('../frame/page-ring.ts')
        this.#life.signal.throwIfAborted()
        return new PageRing()
      }
      case 'srcdoc-frame':
        return this.#openSrcdoc()
      case 'file-frame':
        try {
          return await this.#openFile()
        } catch (error) {
          if (this.#options.frame !== 'auto' || !isGloveboxError(error, 'frame-missing')) throw error
          const ring = await this.#openSrcdoc()
          this.#kind = 'srcdoc-frame'
          return ring
        }
    }
  }

  #openFile(): Promise<Ring> {
    return openFrame({ url: this.#assets.frameUrl, startTimeoutMs: this.#options.startTimeoutMs, signal: this.#life.signal })
  }

  async #openSrcdoc(): Promise<Ring> {
    const srcdoc = await this.#assets.frameText()
    return openFrame({ url: this.#assets.frameUrl, startTimeoutMs: this.#options.startTimeoutMs, signal: this.#life.signal, srcdoc })
  }
}
