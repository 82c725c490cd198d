/** Handles on the wire: what stands for an object that stays where it is. Only who passes these sees any; elsewhere the tag is a breach. */

export interface WireHandle {
  /** Never used twice in a session. */
  readonly id: number
  /** What it is a handle of, in the sender's words. */
  readonly type: string
}

export interface HandleEncoder {
  /** Is this an object that crosses as a handle? Must not register it: the value may turn out not to cross. */
  has(value: object): boolean
  /** @throws {GuestError} handle-stale @throws {LimitError} too-many-handles */
  handleOf(value: object): WireHandle
}

/** What stands for a handle on this side. @throws {GuestError} handle-stale */
export type ToHandle = (handle: WireHandle) => object

export const MAX_HANDLE_TYPE = 128
