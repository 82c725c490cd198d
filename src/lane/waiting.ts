/** How a WebAssembly guest's imports wait here, with the reason: a pure function, whose answer is public (`box.report()`). */
import type { EngineFeatures } from '../engine/features.ts'

export type Waiting = 'jspi' | 'shared-buffer' | 'never'

export interface WaitingChoice {
  readonly waiting: Waiting
  readonly reason: string
}

export function chooseWaiting({ jspi, sharedMemory }: EngineFeatures): WaitingChoice {
  if (jspi) return { waiting: 'jspi', reason: 'this browser can suspend a WebAssembly guest (JSPI)' }
  if (sharedMemory) return { waiting: 'shared-buffer', reason: 'this browser has no JSPI; the page is cross-origin isolated, so that a worker can block' }
  return {
    waiting: 'never',
    reason: 'this browser has no JSPI, and the page is not cross-origin isolated (headers Cross-Origin-Opener-Policy: same-origin and ' +
      'Cross-Origin-Embedder-Policy: require-corp), so that no import can wait for an answer',
  }
}
