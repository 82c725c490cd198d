/**
 * The audit log of a box, as the app and those who record see it. The code that writes and reads is loaded with the first row; until it is
 * there, rows wait here.
 */
import type { LoadedAudit } from './audit-load.ts'
import type { AuditFilter, AuditPage, AuditQuery } from './audit-query.ts'
import { requireKnownKeys, requireObject } from '../util/known-keys.ts'
import type { SetTimer } from '../util/timer.ts'
import { rankOf } from './audit-rank.ts'
import type { AuditEvent } from './audit-row.ts'
import type { AuditSink } from './audit-sink.ts'
import type { AuditHead, AuditVerdict } from './audit-verify.ts'

/** A disk that does not answer must not hold a reply for ever. */
const MAX_KEEP_MS = 5000
/** Rows that wait for the code; it is there after some ms. As many decisions wait beside them. */
const MAX_EARLY = 10_000

export class AuditRecorder implements AuditSink {
  readonly #load: () => Promise<LoadedAudit>
  readonly #now: () => number
  readonly #setTimer: SetTimer
  readonly #early: { readonly event: AuditEvent; readonly time: number }[] = []
  #lost = 0
  #loading: Promise<LoadedAudit> | undefined
  #loaded: LoadedAudit | undefined

  /** @param now  ms since 1970 */
  constructor(load: () => Promise<LoadedAudit>, now: () => number, setTimer: SetTimer) {
    this.#load = load
    this.#now = now
    this.#setTimer = setTimer
  }

  record(event: AuditEvent): void {
    const time = this.#now()
    if (this.#loaded) return this.#loaded.log.record(event, time)
    if (this.#early.length < (rankOf(event) === 'decision' ? 2 * MAX_EARLY : MAX_EARLY)) this.#early.push({ event, time })
    else this.#lost++
    this.loaded().catch(() => {}) // the next row tries again
  }

  keep(event: AuditEvent): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#setTimer(resolve, MAX_KEEP_MS)
      this.#keep(event).finally(() => {
        cancel()
        resolve()
      })
    })
  }

  async #keep(event: AuditEvent): Promise<void> {
    const time = this.#now()
    try {
      await (this.#loaded ?? (await this.loaded())).log.keep(event, time)
    } catch {
      this.record(event) // it was not loaded
    }
  }

  /** The log, which has by then what came early. */
  loaded(): Promise<LoadedAudit> {
    this.#loading ??= this.#load().then((loaded) => {
      this.#loaded = loaded
      for (const { event, time } of this.#early.splice(0)) loaded.log.record(event, time)
      loaded.log.noteLoss(this.#lost)
      return loaded
    })
    this.#loading.catch(() => { this.#loading = undefined })
    return this.#loading
  }

  /** Writes what waits, then `then`; at once where nothing does. */
  close(then: () => void): void {
    const isWaiting = this.#loaded === undefined ? this.#early.length > 0 : !this.#loaded.log.isEmpty
    if (!isWaiting) return then()
    this.loaded().then(async ({ log }) => {
      await log.flush().finally(() => log.dispose())
    }).catch(() => {}).finally(then)
  }
}

export interface AuditOptions {
  /** Rows older than this are dropped, ms. Default 90 days. */
  readonly maxAgeMs?: number
  /**
   * Rows are dropped when there are more: the oldest of the extension that has most, decisions only when nothing else is left. Default 16 MiB,
   * some 60 000 rows.
   */
  readonly maxBytes?: number
}

/** The audit log, for the host. */
export interface Audit {
  /** @throws {RangeError} for a wrong limit @throws {TypeError} for a key or kind that there is not @throws {PackageError} store-failed */
  query(query?: AuditQuery): Promise<AuditPage>
  /**
   * Checks that no row was changed, removed or moved; with a head that was kept elsewhere, that none was cut off since.
   * @throws {TypeError} for a head that is not { seq, mac }
   */
  verify(options?: { readonly head?: AuditHead }): Promise<AuditVerdict>
  /** The end of the log, to be kept elsewhere: without it nobody can tell that the last rows were cut off. */
  head(): Promise<AuditHead>
  /** The rows as NDJSON, oldest first. Reading fails with a TypeError for a key or kind that there is not. */
  export(filter?: AuditFilter): ReadableStream<Uint8Array<ArrayBuffer>>
}

export function createAudit(recorder: AuditRecorder): Audit {
  const flushed = async (): Promise<LoadedAudit> => {
    const loaded = await recorder.loaded()
    await loaded.log.flush()
    return loaded
  }
  return Object.freeze({
    async query(query: AuditQuery = {}) {
      requireObject('audit.query', query)
      const { limit = 100 } = query
      if (!(Number.isInteger(limit) && limit >= 1 && limit <= 1000)) throw new RangeError(`limit must be 1 to 1000, got ${limit}.`)
      return (await flushed()).query(query)
    },
    async verify(options: { readonly head?: AuditHead } = {}) {
      requireObject('audit.verify', options)
      requireKnownKeys('audit.verify', options, ['head'])
      return (await flushed()).verify(options.head)
    },
    head: async () => (await flushed()).head(),
    export(filter: AuditFilter = {}) {
      const { readable, writable } = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>()
      // Whatever fails, the reader hears it.
      flushed().then((loaded) => loaded.export(filter).pipeTo(writable)).catch((error: unknown) => writable.abort(error)).catch(() => {})
      return readable
    },
  })
}
