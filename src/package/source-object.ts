/** `{ manifest, files }` → manifest and bytes. The host app is trusted, what it passes on may be a stranger's: read once, as own data. */
import { parseManifest } from '../manifest/parse.ts'
import { tooLarge } from './archive.ts'
import type { PackageLimits } from './limits.ts'
import { copyBytes, matchFiles } from './loaded.ts'
import type { LoadedPackage } from './loaded.ts'

export interface ObjectSource {
  /** As in `glovebox.json`. Its `files` may be left out: then it is the keys of `files` beside it. */
  readonly manifest: object
  /** By path; text becomes UTF-8. */
  readonly files: Readonly<Record<string, string | ArrayBuffer | ArrayBufferView>>
}

export async function loadObject(
  source: { readonly manifest: unknown; readonly files: unknown },
  limits: PackageLimits,
): Promise<Omit<LoadedPackage, 'origin'>> {
  const { manifest: rawManifest, files: rawFiles } = source
  if (typeof rawFiles !== 'object' || rawFiles === null || Array.isArray(rawFiles)) {
    throw new TypeError('Expected files to be an object of paths and contents.')
  }
  const files = copyFiles(Object.entries(rawFiles), limits)
  const manifest = await parseManifest(withFiles(rawManifest, [...files.keys()]))
  matchFiles(
    manifest.files.map((file) => file.path),
    files.keys(),
  )
  return { manifest, files }
}

function withFiles(manifest: unknown, paths: readonly string[]): unknown {
  if (typeof manifest !== 'object' || manifest === null || Array.isArray(manifest)) return manifest
  const own: { readonly files?: unknown } = { ...manifest } // one read of every getter
  return own.files === undefined ? { ...own, files: paths } : own
}

function copyFiles(entries: readonly (readonly [path: string, content: unknown])[], limits: PackageLimits): Map<string, Uint8Array<ArrayBuffer>> {
  const files = new Map<string, Uint8Array<ArrayBuffer>>()
  let total = 0
  for (const [path, content] of entries) {
    const bytes = toBytes(path, content)
    total += bytes.length
    if (bytes.length > limits.fileBytes || total > limits.totalBytes) {
      throw tooLarge(
        `${JSON.stringify(path)} has ${bytes.length} bytes, ${total} with those before it; allowed are ${limits.fileBytes} and ${limits.totalBytes}.`,
      )
    }
    files.set(path, bytes)
  }
  return files
}

function toBytes(path: string, content: unknown): Uint8Array<ArrayBuffer> {
  if (typeof content === 'string') return new TextEncoder().encode(content)
  if (content instanceof ArrayBuffer || ArrayBuffer.isView(content)) return copyBytes(content)
  throw new TypeError(`Expected files[${JSON.stringify(path)}] to be a string, Uint8Array or ArrayBuffer, got ${typeof content}.`)
}
