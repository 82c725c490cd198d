/**
 * The files beside the library: where they are, and the bytes of those that every frame needs. Loaded once per box, on first need.
 * Written as literal `new URL('./x', import.meta.url)`, the form that bundlers follow and copy.
 */
import { LaneError } from '../errors.ts'

export interface Assets {
  readonly frameUrl: URL
  /** The worker's source and the engine's bytes. One load for all; a failed one is tried again at the next call. @throws {LaneError} asset-missing */
  load(): Promise<WorkerAssets>
  /** The frame's document as text, for `frame: 'auto'`. @throws {LaneError} asset-missing */
  loadFrame(): Promise<string>
}

export interface WorkerAssets {
  readonly source: string
  readonly engine: ArrayBuffer
}

/** @param base  folder that holds the files (a bundler that does not copy them, a CDN); default: beside this module */
export function createAssets(base: URL | undefined, fetchAsset: typeof fetch): Assets {
  const frameUrl = base ? new URL('frame.html', base) : new URL('./frame.html', import.meta.url)
  const workerUrl = base ? new URL('script.worker.js', base) : new URL('./script.worker.js', import.meta.url)
  const engineUrl = base ? new URL('quickjs.wasm', base) : new URL('./quickjs.wasm', import.meta.url)

  const fetchOk = async (url: URL): Promise<Response> => {
    const response = await fetchAsset(url, { credentials: 'same-origin' }).catch((cause: unknown) => {
      throw missing(url, 'the request failed (connect-src in the page\'s policy? CORS?)', cause)
    })
    if (!response.ok) throw missing(url, `the server answered ${response.status}`)
    if (response.headers.get('content-type')?.startsWith('text/html') && !url.pathname.endsWith('.html')) {
      throw missing(url, 'the server answered with an HTML page (a single-page fallback?)')
    }
    return response
  }

  let loading: Promise<WorkerAssets> | undefined
  return {
    frameUrl,
    load() {
      loading ??= Promise.all([fetchOk(workerUrl).then((r) => r.text()), fetchOk(engineUrl).then((r) => r.arrayBuffer())]).then(
        ([source, engine]) => ({ source, engine }),
        (error: unknown) => {
          loading = undefined
          throw error
        },
      )
      return loading
    },
    loadFrame: async () => (await fetchOk(frameUrl)).text(),
  }
}

function missing(url: URL, what: string, cause?: unknown): LaneError {
  return new LaneError(
    'asset-missing',
    `Could not load ${url.href}: ${what}. Copy frame.html, script.worker.js and quickjs.wasm beside the library, or set \`assets\` to their folder.`,
    { cause, details: { url: url.href } },
  )
}
