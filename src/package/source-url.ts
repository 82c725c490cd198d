/**
 * A URL → package. The first bytes decide: a zip is an archive, anything else must be a manifest, whose `files` is the closed list of what
 * is fetched, each from the manifest's own directory or below. The name of the URL and the server's content type decide nothing.
 */
import { PackageError } from '../errors.ts'
import { parseManifestText } from '../manifest/parse.ts'
import { readArchive } from './archive.ts'
import { download, fetchFailed } from './download.ts'
import type { DownloadOptions } from './download.ts'
import type { PackageLimits } from './limits.ts'
import { LOCAL_ORIGIN } from '../manifest/identity.ts'
import type { LoadedPackage } from './loaded.ts'
import { looksLikeZip } from './zip-directory.ts'

const CONCURRENT = 6 // what HTTP/1.1 gives a host in every browser; more would only queue there

export interface LoadUrlOptions {
  readonly fetch: typeof globalThis.fetch
  readonly limits: PackageLimits
  readonly signal: AbortSignal | undefined
}

/** Everything that was begun is aborted when one part fails, the caller aborts, or `limits.fetchMs` is over. */
export async function loadUrl(url: URL, { fetch, limits, signal }: LoadUrlOptions): Promise<LoadedPackage> {
  const controller = new AbortController()
  const onAbort = (): void => controller.abort(signal?.reason)
  signal?.addEventListener('abort', onAbort, { once: true })
  const timer = setTimeout(() => controller.abort(fetchFailed(url, `and its files did not arrive within ${limits.fetchMs} ms`)), limits.fetchMs)
  try {
    return await loadParts(url, { fetch, limits, signal: controller.signal })
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', onAbort)
    controller.abort()
  }
}

interface Parts {
  readonly fetch: typeof globalThis.fetch
  readonly limits: PackageLimits
  readonly signal: AbortSignal
}

async function loadParts(url: URL, { fetch, limits, signal }: Parts): Promise<LoadedPackage> {
  const { bytes } = await download(url, {
    fetch,
    signal,
    budget: { left: Infinity },
    maxBytes: (head) => (looksLikeZip(head) ? limits.archiveBytes : limits.manifestBytes),
  })
  const origin = originOf(url)
  if (looksLikeZip(bytes)) return { origin, ...(await readArchive(bytes, limits, signal)) }
  const manifest = await parseManifestText(bytes)
  if (origin === LOCAL_ORIGIN) {
    throw new PackageError('fetch-failed', 'A blob: URL of a manifest has no directory to fetch files from; use an archive.', {
      details: { url: url.href },
    })
  }
  const common = { fetch, signal, budget: { left: limits.totalBytes }, maxBytes: () => limits.fileBytes }
  const paths = manifest.files.map((file) => file.path)
  const files = await mapConcurrent(paths, async (path) => [path, await loadFile(fileUrl(path, origin), common)] as const)
  return { origin, manifest, files: new Map(files) }
}

/** The directory of the manifest or archive: scheme, host, port and path up to and with the last `/`. */
function originOf(url: URL): string {
  return url.protocol === 'blob:' ? LOCAL_ORIGIN : url.origin + url.pathname.slice(0, url.pathname.lastIndexOf('/') + 1)
}

function fileUrl(path: string, directory: string): URL {
  // Each segment is encoded whole, so that `?`, `#` and `%2e%2e` in a name are parts of the name.
  const url = new URL(path.split('/').map(encodeURIComponent).join('/'), directory)
  if (!url.href.startsWith(directory)) throw fetchFailed(url, `is not below ${directory}`)
  return url
}

async function loadFile(url: URL, options: DownloadOptions): Promise<Uint8Array<ArrayBuffer>> {
  const { bytes, contentType } = await download(url, options)
  const isPage = contentType.startsWith('text/html') && /^\s*<(?:!doctype html|html)/i.test(new TextDecoder().decode(bytes.subarray(0, 200)))
  if (isPage && !/\.x?html?$/i.test(url.pathname)) {
    throw fetchFailed(url, 'answered with an HTML page, as single-page-app servers do for paths that do not exist; is the file deployed?', {
      status: 200,
    })
  }
  return bytes
}

async function mapConcurrent<In, Out>(items: readonly In[], run: (item: In) => Promise<Out>): Promise<readonly Out[]> {
  const results: Out[] = []
  const queue = items.entries()
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) results[index] = await run(item)
  }
  await Promise.all(Array.from({ length: CONCURRENT }, worker))
  return results
}
