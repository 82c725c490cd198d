/** Whatever `install()` takes → LoadedPackage. Nothing here is verified; every byte in the result is a copy of ours. */
import { PackageError } from '../errors.ts'
import { readArchive, tooLarge } from './archive.ts'
import { DEFAULT_PACKAGE_LIMITS } from './limits.ts'
import type { PackageLimits } from './limits.ts'
import { LOCAL_ORIGIN } from '../manifest/identity.ts'
import { copyBytes } from './loaded.ts'
import type { LoadedPackage } from './loaded.ts'
import { loadObject } from './source-object.ts'
import type { ObjectSource } from './source-object.ts'
import { loadUrl } from './source-url.ts'

/** URL of a `glovebox.json` or of a `.glove` archive; the archive itself; or manifest and files as values. */
export type PackageSource = string | URL | Blob | ArrayBuffer | ArrayBufferView | ObjectSource

export interface LoadOptions {
  readonly fetch: typeof globalThis.fetch
  readonly limits?: Partial<PackageLimits>
  readonly signal?: AbortSignal
  /** What relative URLs are relative to. Default the document's base URL. */
  readonly baseUrl?: string
}

/**
 * Reads a package from any source.
 * @throws {PackageError} fetch-failed, package-too-large, archive-invalid, file-missing
 * @throws {ManifestError} manifest-invalid
 * @throws {TypeError} when `source` is of no kind that `install` takes
 * @throws `options.signal.reason` when aborted
 */
export async function loadSource(source: unknown, options: LoadOptions): Promise<LoadedPackage> {
  options.signal?.throwIfAborted()
  const limits: PackageLimits = { ...DEFAULT_PACKAGE_LIMITS, ...options.limits }
  if (typeof source === 'string' || source instanceof URL) {
    return loadUrl(parseUrl(source, options.baseUrl), { fetch: options.fetch, limits, signal: options.signal })
  }
  if (source instanceof Blob) return loadBytes(await readBlob(source, limits), limits, options.signal)
  if (source instanceof ArrayBuffer || ArrayBuffer.isView(source)) return loadBytes(copyBytes(source), limits, options.signal)
  if (typeof source === 'object' && source !== null && 'manifest' in source && 'files' in source) {
    return { origin: LOCAL_ORIGIN, ...(await loadObject(source, limits)) }
  }
  throw new TypeError(`Expected a URL, a File, Blob, ArrayBuffer or Uint8Array of a .glove archive, or { manifest, files }; got ${kindOf(source)}.`)
}

async function loadBytes(bytes: Uint8Array<ArrayBuffer>, limits: PackageLimits, signal: AbortSignal | undefined): Promise<LoadedPackage> {
  return { origin: LOCAL_ORIGIN, ...(await readArchive(bytes, limits, signal)) }
}

async function readBlob(blob: Blob, limits: PackageLimits): Promise<Uint8Array<ArrayBuffer>> {
  if (blob.size > limits.archiveBytes) throw tooLarge(`The archive has ${blob.size} bytes; at most ${limits.archiveBytes} are allowed.`)
  try {
    return new Uint8Array(await blob.arrayBuffer())
  } catch (cause) {
    throw new PackageError('fetch-failed', 'The file could not be read; was it moved or changed after it was chosen?', { cause })
  }
}

/** http, https, and blob: of this page (the browser refuses others). data: has no origin that could be an identity. */
function parseUrl(source: string | URL, baseUrl: string | undefined): URL {
  const base = baseUrl ?? (typeof document === 'undefined' ? undefined : document.baseURI)
  const shown = JSON.stringify(String(source).slice(0, 200))
  if (!URL.canParse(source, base)) throw new TypeError(`Expected the URL of a glovebox.json or a .glove archive, got ${shown}.`)
  const url = new URL(source, base)
  if (!['https:', 'http:', 'blob:'].includes(url.protocol)) {
    throw new TypeError(`Expected an http, https or blob URL, got ${shown}; give other bytes as a Blob or Uint8Array.`)
  }
  if (url.username !== '' || url.password !== '') {
    throw new TypeError('Expected a URL without user name and password; packages are fetched without credentials.')
  }
  return url
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  return Array.isArray(value) ? 'an array' : typeof value === 'object' ? 'an object without manifest and files' : `a ${typeof value}`
}
