/** Why a box does nothing any more. */
import { DisposedError } from '../../errors.ts'
import type { DisposeStack } from '../../util/dispose.ts'

export function boxDisposed(): DisposedError {
  return new DisposedError('disposed', 'The box was disposed.')
}

export function throwIfDisposed(scope: DisposeStack): void {
  if (scope.isDisposed) throw boxDisposed()
}
