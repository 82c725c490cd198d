/** Opens rings as the host chose them, in the order of the design: static frame, srcdoc frame (only with `frame: 'auto'`), refuse. */
import { isGloveboxError } from '../errors.ts'
import type { Assets } from './assets.ts'
import { openFrame } from './frame.ts'
import type { ResolvedOptions } from './options.ts'
import { PageRing } from './page-ring.ts'
import type { Report } from './report.ts'
import type { Ring } from './ring.ts'

export class Rings {
  readonly #options: ResolvedOptions
  readonly #assets: Assets
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

  /** The caller owns the ring. @throws {LaneError} frame-missing */
  async open(): Promise<Ring> {
    switch (this.#kind) {
      case 'page-worker':
        return new PageRing(this.#assets)
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
    return openFrame({ assets: this.#assets, startTimeoutMs: this.#options.startTimeoutMs })
  }

  async #openSrcdoc(): Promise<Ring> {
    const srcdoc = await this.#assets.loadFrame()
    return openFrame({ assets: this.#assets, startTimeoutMs: this.#options.startTimeoutMs, srcdoc })
  }
}
