/**
 * Fetches one URL of a package. The request carries nothing of the page (no cookies, no referrer) and follows no redirect; the body is
 * counted while it streams, since Content-Length is the compressed size at best and a stranger's claim in any case.
 */
import { PackageError } from '../errors.ts'
import { joinBytes } from '../util/bytes.ts'

export interface DownloadOptions {
  /** Called unbound. */
  readonly fetch: typeof globalThis.fetch
  readonly signal: AbortSignal
  /** Ceiling for this body, asked when its first four bytes are there (or it ended before). */
  readonly maxBytes: (head: Uint8Array) => number
  /** Ceiling for all bodies together, shared by the downloads that run side by side. */
  readonly budget: { left: number }
}

export interface Downloaded {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** `content-type` in lower case, '' where absent. A claim of the server's. */
  readonly contentType: string
}

const HEAD_BYTES = 4

/**
 * @throws {PackageError} fetch-failed, package-too-large
 * @throws `signal.reason` when aborted
 */
export async function download(url: URL, options: DownloadOptions): Promise<Downloaded> {
  const response = await request(url, options)
  if (response.status !== 200 || response.redirected) {
    void response.body?.cancel().catch(() => undefined)
    throw fetchFailed(url, `answered with ${response.redirected ? 'a redirect' : `status ${response.status}`}`, { status: response.status })
  }
  const bytes = await readBody(url, response, options)
  return { bytes, contentType: response.headers.get('content-type')?.toLowerCase() ?? '' }
}

export function fetchFailed(url: URL, problem: string, { cause, status }: { readonly cause?: unknown; readonly status?: number } = {}): PackageError {
  const details = { url: url.href, ...(status === undefined ? {} : { status }) }
  return new PackageError('fetch-failed', `${url.href} ${problem}.`, { details, ...(cause === undefined ? {} : { cause }) })
}

async function request(url: URL, { fetch, signal }: DownloadOptions): Promise<Response> {
  try {
    return await untilAborted(
      fetch(url.href, {
        mode: 'cors',
        credentials: 'omit',
        redirect: 'error',
        referrerPolicy: 'no-referrer',
        // Files of one version must be met together: a stale cached file beside a new manifest would be a package that nobody published.
        // Asking the server each time costs a 304, not the body.
        cache: 'no-cache',
        signal,
      }),
      signal,
    )
  } catch (cause) {
    if (signal.aborted) throw signal.reason
    throw fetchFailed(url, 'could not be fetched: the network failed, it redirects, or another origin does not allow it (CORS)', { cause })
  }
}

async function readBody(url: URL, response: Response, options: DownloadOptions): Promise<Uint8Array<ArrayBuffer>> {
  const reader = response.body?.getReader()
  if (reader === undefined) return new Uint8Array()
  const chunks: Uint8Array[] = []
  const count = { total: 0 }
  try {
    for (;;) {
      const { done, value } = await untilAborted(reader.read(), options.signal)
      if (done) return joinBytes(chunks, count.total)
      chunks.push(value)
      count.total += value.length
      options.budget.left -= value.length
      refuseExcess(url, chunks, count.total, options)
    }
  } catch (cause) {
    void reader.cancel().catch(() => undefined)
    if (options.signal.aborted) throw options.signal.reason
    throw cause instanceof PackageError ? cause : fetchFailed(url, 'broke off while it was read', { cause })
  }
}

function refuseExcess(url: URL, chunks: readonly Uint8Array[], total: number, { maxBytes, budget }: DownloadOptions): void {
  if (budget.left < 0) throw new PackageError('package-too-large', `The files are larger than allowed in sum; stopped at ${url.href}.`)
  const [first] = chunks
  if (total < HEAD_BYTES || first === undefined) return
  const max = maxBytes(first.length >= HEAD_BYTES ? first : joinBytes(chunks, total))
  if (total > max) {
    throw new PackageError('package-too-large', `${url.href} is larger than the ${max} bytes allowed.`, { details: { url: url.href, maxBytes: max } })
  }
}

/** Settles with `promise`, or rejects with the signal's reason: a fetch that ignores its signal must not hold the caller. */
function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason)
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}
