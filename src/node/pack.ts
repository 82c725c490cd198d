/**
 * A folder with a `glovebox.json` → a `.glove` archive, as `box.install` takes it: the same manifest parser, the same limits, the same digest.
 * Types of TypeScript files are stripped. Reads what the manifest lists and nothing else; the same files give the same bytes.
 */
import { readFile, realpath, stat } from 'node:fs/promises'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PackageError } from '../errors.ts'
import type { Digest } from '../manifest/digest.ts'
import { MANIFEST_NAME, type ManifestFile } from '../manifest/manifest.ts'
import { parseManifestText } from '../manifest/parse.ts'
import { readArchive } from '../package/archive.ts'
import { DEFAULT_PACKAGE_LIMITS } from '../package/limits.ts'
import { LOCAL_ORIGIN } from '../manifest/identity.ts'
import { verifyPackage } from '../package/verify.ts'
import type { VerifiedPackage } from '../package/verified-package.ts'
import { writeArchive } from '../package/write-archive.ts'
import { findWarnings } from './warnings.ts'
import { stripTypes } from './strip-types.ts'

export interface PackedPackage {
  /** The bytes of a `.glove` file. */
  readonly archive: Uint8Array<ArrayBuffer>
  /** What `trust: { kind: 'digests' }` lists, and `extension.digest` will be. */
  readonly digest: Digest
  readonly id: string
  readonly version: string
  /** What is inside, beside the manifest. */
  readonly files: readonly ManifestFile[]
  /** What will hardly be meant: imports of files that are not listed, and the like. A sentence each. */
  readonly warnings: readonly string[]
}

/**
 * Packs an extension.
 *
 * @param source  its folder, or its manifest
 * @throws {ManifestError} manifest-invalid
 * @throws {PackageError} file-missing, digest-mismatch, package-too-large; syntax-error with `details.file`, `line`, `column` for TypeScript
 *   that does not parse or has no meaning without its types (enums, namespaces with values, parameter properties)
 * @throws {LaneError} not-supported: there is TypeScript, and the package `amaro` is not installed
 */
export async function pack(source: string | URL): Promise<PackedPackage> {
  const { pkg, manifestBytes } = await readPackage(source)
  const { digest, manifest, files } = pkg
  const archive = writeArchive(new Map([[MANIFEST_NAME, manifestBytes], ...files]))
  await readArchive(archive, DEFAULT_PACKAGE_LIMITS) // what an install would refuse is refused here
  return { archive, digest, id: manifest.id, version: manifest.version, files: manifest.files, warnings: findWarnings(files, manifest) }
}

/** The package in a folder as an install would verify it, and its manifest as written. Throws as `pack`. */
export async function readPackage(source: string | URL): Promise<{ readonly pkg: VerifiedPackage; readonly manifestBytes: Uint8Array<ArrayBuffer> }> {
  const manifestPath = await findManifest(typeof source === 'string' ? source : fileURLToPath(source))
  const manifestBytes = await read(manifestPath)
  const manifest = await parseManifestText(manifestBytes)
  const listed = manifest.files.map(({ path }) => path)
  const files = await stripTypes(await readFiles(dirname(manifestPath), listed))
  return { pkg: await verifyPackage({ origin: LOCAL_ORIGIN, manifest, files }, { kind: 'development' }), manifestBytes }
}

async function findManifest(source: string): Promise<string> {
  const path = resolve(source)
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) throw missing(`There is no ${JSON.stringify(source)}.`, source)
  if (!found.isDirectory()) return path
  const manifest = join(path, MANIFEST_NAME)
  if ((await stat(manifest).catch(() => undefined)) === undefined) {
    throw missing(`${JSON.stringify(source)} has no ${MANIFEST_NAME}; give the folder of an extension, or its manifest.`, MANIFEST_NAME)
  }
  return manifest
}

async function readFiles(folder: string, paths: readonly string[]): Promise<ReadonlyMap<string, Uint8Array<ArrayBuffer>>> {
  const root = await realpath(folder)
  const found = await Promise.all(paths.map(async (path) => [path, await realpath(join(root, path)).catch(() => undefined)] as const))
  const lost = found.filter(([, real]) => real === undefined).map(([path]) => JSON.stringify(path))
  if (lost.length > 0) {
    throw missing(`The manifest lists ${lost.join(', ')}, which ${lost.length === 1 ? 'is' : 'are'} not in ${JSON.stringify(folder)}.`, found[0]?.[0] ?? '')
  }
  const files = new Map<string, Uint8Array<ArrayBuffer>>()
  for (const [path, real = ''] of found) {
    // A package from elsewhere must not make its packer publish files of their own.
    if (relative(root, real).split(sep)[0] === '..') throw missing(`${JSON.stringify(path)} is a link that leads out of the folder.`, path)
    files.set(path, await read(real))
  }
  return files
}

async function read(path: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await readFile(path).catch((cause: unknown) => {
    throw missing(`${JSON.stringify(path)} could not be read.`, path, cause)
  }))
}

function missing(message: string, path: string, cause?: unknown): PackageError {
  return new PackageError('file-missing', message, { details: { path }, ...(cause === undefined ? {} : { cause }) })
}
