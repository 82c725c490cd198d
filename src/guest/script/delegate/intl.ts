/** The worker's own Intl for the guest. */
import type { Delegate } from '../bridge.ts'

export const intlDelegate: Delegate = new Map([
  /** The user's language as the host tells it. */
  ['intl.locale', (_args, { region }) => region.locale],
])
