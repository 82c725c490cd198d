/**
 * The ceilings of one extension, in one record. A manifest may ask for less or more, the host's policy caps;
 * nothing here is spread by hand: every reader takes the resolved record.
 */

export interface Limits {
  /** Linear memory of the guest's VM, MiB. Default 128, minimum 16 (the engine needs about 6), maximum 2048. */
  readonly memoryMib: number
  /** One call, ms. Default 30 000. */
  readonly callMs: number
  /** Evaluating the main module, ms. Default 5 000. */
  readonly startMs: number
  /** One entry into the guest outside calls (timer, job, event, reply), ms. Default 5 000. */
  readonly turnMs: number
  /** A `session` instance without calls stops after this, ms. Default 300 000. */
  readonly idleMs: number
  /** Instances of a `call` extension that run side by side. Default 1. */
  readonly maxInstances: number
  /** Calls that wait for an instance. Default 256. */
  readonly queuedCalls: number
  /** Capability calls without an answer. Default 256. */
  readonly pendingCapabilityCalls: number
  /** One message, text and buffers together, bytes. Default 16 MiB. */
  readonly messageBytes: number
  /** Capability calls per minute, of every kind. Default 120 000. */
  readonly capabilityCallsPerMinute: number
  /**
   * Computing per minute over all instances, ms, as the page sees it: calls in flight that wait for no capability, and workers that give no
   * sign of life. Default 60 000, one instance all the time.
   */
  readonly cpuMsPerMinute: number
  /** Questions to the user per minute that uses and requests of the guest's lead to. Default 10. */
  readonly promptsPerMinute: number
  /** HTTP requests per minute. Default 100. */
  readonly httpPerMinute: number
  /** HTTP requests at the same time. Default 10. */
  readonly httpConcurrent: number
  /** Bytes received over HTTP per minute. Default 100 MiB. */
  readonly httpBytesPerMinute: number
  /** Bytes sent over HTTP per minute: URLs, headers and bodies. Default 100 MiB. */
  readonly httpSentBytesPerMinute: number
  /** One HTTP body, either way, bytes after decompression. Default 10 MiB. */
  readonly httpBodyBytes: number
  /** One HTTP exchange until its body's last byte, ms. Default 30 000. */
  readonly httpMs: number
  /** Keys and values in storage, bytes. Default 10 MiB. */
  readonly storageBytes: number
  /** What is in the directories of an extension that are kept, bytes. Default 32 MiB. */
  readonly fileBytes: number
  /** Log text per second, bytes. Default 64 KiB. */
  readonly logBytesPerSecond: number
  /** Events emitted per second. Default 100. */
  readonly eventsPerSecond: number
  /** Events and changes given to its subscriptions per second, bytes; each counts 8 KiB besides. Default 8 MiB. */
  readonly deliveredBytesPerSecond: number
  /** Timers alive. Default 128. */
  readonly timers: number
  /** Delegated objects alive. Default 10 000. */
  readonly handles: number
}

export type LimitName = keyof Limits

export const DEFAULT_LIMITS: Limits = Object.freeze({
  memoryMib: 128,
  callMs: 30_000,
  startMs: 5_000,
  turnMs: 5_000,
  idleMs: 300_000,
  maxInstances: 1,
  queuedCalls: 256,
  pendingCapabilityCalls: 256,
  messageBytes: 16 * 2 ** 20,
  capabilityCallsPerMinute: 120_000,
  cpuMsPerMinute: 60_000,
  promptsPerMinute: 10,
  httpPerMinute: 100,
  httpConcurrent: 10,
  httpBytesPerMinute: 100 * 2 ** 20,
  httpSentBytesPerMinute: 100 * 2 ** 20,
  httpBodyBytes: 10 * 2 ** 20,
  httpMs: 30_000,
  storageBytes: 10 * 2 ** 20,
  fileBytes: 32 * 2 ** 20,
  logBytesPerSecond: 64 * 2 ** 10,
  eventsPerSecond: 100,
  deliveredBytesPerSecond: 8 * 2 ** 20,
  timers: 128,
  handles: 10_000,
})

/** Range of each limit that a manifest or a host may ask for; outside it the asker made a mistake. */
export const LIMIT_RANGE: { readonly [K in keyof Limits]: readonly [min: number, max: number] } = Object.freeze({
  memoryMib: [16, 2048],
  callMs: [1, 3_600_000],
  startMs: [1, 600_000],
  turnMs: [1, 600_000],
  idleMs: [1, 86_400_000],
  maxInstances: [1, 16],
  queuedCalls: [0, 65_536],
  pendingCapabilityCalls: [0, 65_536],
  messageBytes: [1024, 32 * 2 ** 20],
  capabilityCallsPerMinute: [0, 10_000_000],
  cpuMsPerMinute: [1, 960_000],
  promptsPerMinute: [0, 1000],
  httpPerMinute: [0, 100_000],
  httpConcurrent: [0, 1000],
  httpBytesPerMinute: [0, 2 ** 40],
  httpSentBytesPerMinute: [0, 2 ** 40],
  httpBodyBytes: [0, 2 ** 31],
  httpMs: [1, 3_600_000],
  storageBytes: [0, 2 ** 40],
  fileBytes: [0, 2 ** 40],
  logBytesPerSecond: [0, 16 * 2 ** 20],
  eventsPerSecond: [0, 100_000],
  deliveredBytesPerSecond: [1024, 2 ** 40],
  timers: [0, 100_000],
  handles: [0, 1_000_000],
})

/** Ceilings of one extension that nobody sets: no manifest and no policy knows them, errors and rows name them as they name the others. */
export const FIXED_LIMITS = Object.freeze({
  /** Secrets of its own. */
  secrets: 64,
  /** Notifications shown per minute. */
  notificationsPerMinute: 10,
  /** Subscriptions to events and changes at the same time. */
  subscriptions: 64,
  /** Files that the user picked, held by one instance. */
  pickedFiles: 64,
  /** One of those, or one that is saved, bytes. */
  pickedFileBytes: 256 * 2 ** 20,
  /** Devices open in one instance. */
  ports: 8,
})

export type FixedLimitName = keyof typeof FIXED_LIMITS

export const LIMIT_NAMES: readonly LimitName[] = Object.freeze(Object.keys(DEFAULT_LIMITS)) as readonly LimitName[] // Object.keys of a Limits

/**
 * What an extension gets: what its manifest asks for (else the default), capped by the host's policy.
 * Where the policy is silent the default is the cap, so that only the host can raise a ceiling.
 */
export function resolveLimits(asked: Partial<Limits>, policy: Partial<Limits>): Limits {
  const resolved: { -readonly [K in keyof Limits]: number } = { ...DEFAULT_LIMITS }
  for (const name of LIMIT_NAMES) {
    const cap = policy[name] ?? DEFAULT_LIMITS[name]
    resolved[name] = Math.min(asked[name] ?? DEFAULT_LIMITS[name], cap)
  }
  return Object.freeze(resolved)
}
