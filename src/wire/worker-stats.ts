/** What a worker tells of itself when it is asked: the same of every lane. By its own word, whatever it is. */
export interface WorkerStats {
  readonly memoryBytes: number
  readonly timers: number
  readonly pendingCapabilityCalls: number
  /** Delegate ops that answer later. */
  readonly pendingOperations: number
  readonly streams: number
  readonly handles: number
}
