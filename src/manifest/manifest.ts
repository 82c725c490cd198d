/** The parsed manifest. `parseManifest` (parse.ts) is the only maker; every field is a fresh frozen value of ours. */
import type { Digest } from './digest.ts'
import type { Limits } from './limits.ts'
import type { Permission } from './permission.ts'

export interface ManifestFile {
  /** Relative, forward slashes, no `.` or `..` segments: `src/main.js`. */
  readonly path: string
  /** Bytes. */
  readonly size: number
  readonly digest: Digest
}

export interface Manifest {
  /** Reverse-domain or dotted lowercase name, 3 to 128 characters. */
  readonly id: string
  /** For people; 1 to 80 characters of hostile text. */
  readonly name: string
  /** Semantic version. */
  readonly version: string
  /** For people; '' where absent. */
  readonly description: string
  readonly lane: 'script'
  /** Path of the main module, one of `files`. */
  readonly entry: string
  readonly lifetime: 'session' | 'call'
  readonly permissions: readonly Permission[]
  readonly optionalPermissions: readonly Permission[]
  /** Only what the author asked for; resolve with the host's policy before use. */
  readonly limits: Partial<Limits>
}

/** A file as the author lists it; a size or digest is a promise that is checked against the bytes. */
export interface DeclaredFile {
  readonly path: string
  /** Bytes. */
  readonly size?: number
  readonly digest?: Digest
}

/** What `parseManifest` gives: the manifest and the closed list of what the package holds. */
export interface DeclaredManifest extends Manifest {
  readonly files: readonly DeclaredFile[]
}

/** The manifest of a package whose bytes were hashed, `files` in code-unit order of paths. Its canonical JSON is what the package digest covers. */
export interface PackageManifest extends Manifest {
  readonly files: readonly ManifestFile[]
}

/** Name of the manifest inside an archive; no listed file may collide with it. */
export const MANIFEST_NAME = 'glovebox.json'

/** Files of one package, the manifest not counted. */
export const MAX_FILES = 1_999
