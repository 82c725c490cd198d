/** For whom an instance works, as the page knows it. A guest's word for which of its calls it works only picks among those that it serves. */

/** Of a call that an extension makes. */
export interface CallStack {
  /** The number of the caller's own call that it works for, where that is known. */
  readonly call: number | undefined
  /** Ids of those it works for, the outermost first: of that call, else the longest it may be. */
  readonly chain: readonly string[]
  /** Ids of all who may wait for it. */
  readonly waiting: ReadonlySet<string>
  /** Calls within calls: of the longest chain that it may be a part of, whatever the guest says. */
  readonly depth: number
}

export interface Provenance {
  /** Ids of all whom it may be working for: those who wait first, then those it has served. Empty where it serves the app. */
  readonly callers: readonly string[]
  /**
   * Ids of those among them who wait for every call that it serves: what it does now is theirs for certain, and counted as theirs. Undefined where
   * it serves the app.
   */
  readonly payers: readonly string[] | undefined
  /** @param call  the number that the guest gives */
  stackOf(call: number | undefined): CallStack
}
