/** What a capability call hangs on: the streams of the one who calls, and for how long what is asked now is still wanted. */
import type { StreamTable } from '../../wire/stream-table.ts'

export interface Holdings {
  /** Aborts when what the guest holds now (streams, pending capability calls) is void: a reset, or the end. */
  readonly epochSignal: AbortSignal
  readonly streams: StreamTable
}

export interface Conversation extends Holdings {
  /** From now on, until the function that it gives is called, the guest is taken to wait for the page instead of computing. */
  waiting(): () => void
  /** The guest's instance has something in its memory that it may have until this aborts: it ends then, with the reason. */
  endWith(grant: AbortSignal): void
}
