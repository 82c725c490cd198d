/**
 * The files beside the library: where they are, and the bytes of those that every frame needs. Loaded once per box, on first need.
 * Written as literal `new URL('./x', import.meta.url)`, the form that bundlers follow and copy.
 */
import { LaneError } from '../../errors.ts'
import type { Program } from '../frame/program.ts'
import { withDeadline } from '../frame/with-deadline.ts'

/** Every method loads once; a failed load is tried again at the next call. @throws {LaneError} asset-missing */
export interface Assets {
  readonly frameUrl: URL
  /** As the host gave it. */
  readonly base: URL | undefined
  script(): Promise<Program>
  /** The frame's document as text, for `frame: 'auto'`. */
  frameText(): Promise<string>
  /** For files that only some lanes need, which name their URLs themselves. */
  text(url: URL): Promise<string>
  bytes(url: URL): Promise<ArrayBuffer>
}

/** @param base  folder that holds the files (a bundler that does not copy them, a CDN); default: beside this module */
export function createAssets(base: URL | undefined, fetchAsset: typeof fetch): Assets {
  const frameUrl = base ? new URL('frame.html', base) : new URL('./frame.html', import.meta.url)
  const workerUrl = base ? new URL('script.worker.js', base) : new URL('./script.worker.js', import.meta.url)
  const engineUrl = base ? new URL('quickjs.wasm', base) : new URL('./quickjs.wasm', import.meta.url)
  const text = async (url: URL): Promise<string> => (await fetchOk(fetchAsset, url)).text()
  const bytes = async (url: URL): Promise<ArrayBuffer> => (await fetchOk(fetchAsset, url)).arrayBuffer()
  return {
    frameUrl,
    base,
    script: once(async () => {
      const [source, engine] = await Promise.all([text(workerUrl), bytes(engineUrl)])
      return { source, modules: [engine], start: 'data', lendsCrypto: true, blocks: false }
    }),
    frameText: once(() => text(frameUrl)),
    text,
    bytes,
  }
}

/** For some megabytes over a bad connection. */
const TIMEOUT_MS = 60_000

/** As util/load-once.ts, which would be one request more before the first frame. @throws {LaneError} worker-failed after a minute */
export function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined
  return () => {
    loading ??= withDeadline(load(), TIMEOUT_MS, "The library's own files did not arrive in time.").catch((error: unknown) => {
      loading = undefined
      throw error
    })
    return loading
  }
}

async function fetchOk(fetchAsset: typeof fetch, url: URL): Promise<Response> {
  const response = await fetchAsset(url, { credentials: 'same-origin' }).catch((cause: unknown) => {
    throw missing(url, 'the request failed (connect-src in the page\'s policy? CORS?)', cause)
  })
  if (!response.ok) throw missing(url, `the server answered ${response.status}`)
  if (response.headers.get('content-type')?.startsWith('text/html') && !url.pathname.endsWith('.html')) {
    throw missing(url, 'the server answered with an HTML page (a single-page fallback?)')
  }
  return response
}

function missing(url: URL, what: string, cause?: unknown): LaneError {
  return new LaneError(
    'asset-missing',
    `Could not load ${url.href}: ${what}. Copy frame.html and the *.worker.js and *.wasm files of dist/ beside the library, or set \`assets\` to their folder.`,
    { cause, details: { url: url.href } },
  )
}
