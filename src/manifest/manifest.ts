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
