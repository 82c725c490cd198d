/** Can this page hold a box at all? Asked once, with the reason when not. */
import { LaneError } from '../../errors.ts'
import { FRAME_MARKER } from '../frame/frame.ts'

/** @throws {LaneError} nested, not-supported */
export function requireEnvironment(scope: typeof globalThis): void {
  if (typeof scope.window === 'undefined') throw new LaneError('not-supported', 'createGlovebox needs a page: call it on the main thread, not in a worker.')
  const { name } = scope.window
  // A single-page fallback that answers for frame.html puts the app itself into our frame: it must not open boxes there, one inside the other.
  if (scope.origin === 'null' && name.startsWith(`${FRAME_MARKER}:`)) {
    throw new LaneError('nested', 'This page runs inside a glovebox frame: the server answers with it instead of frame.html.')
  }
  if (typeof scope.WebAssembly === 'undefined') throw new LaneError('not-supported', 'This browser has no WebAssembly (lockdown mode?), which the script lane needs.')
  if (typeof scope.crypto?.subtle === 'undefined') {
    throw new LaneError('not-supported', 'This page has no crypto.subtle, which verifies packages: serve it over https, or from localhost.')
  }
}
