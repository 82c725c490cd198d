/** The parsed manifest. `parseManifest` (parse.ts) is the only maker; every field is a fresh frozen value of ours. */
import type { Digest } from './digest.ts'
import type { Limits } from './limits.ts'
import type { Link, Provided } from './link.ts'
import type { Permission } from './permission.ts'

export interface ManifestFile {
  /** Relative, forward slashes, no `.` or `..` segments: `src/main.js`. */
  readonly path: string
  /** Bytes. */
  readonly size: number
  readonly digest: Digest
}

/** `script`: ES modules. `component`: a WebAssembly component of any world. `core`: a core module of one of three ABIs. */
export type Lane = 'script' | 'component' | 'core'
export const LANES = ['script', 'component', 'core'] as const satisfies readonly Lane[]

/** `wasi`: WASI preview 1 commands and reactors. `json`: exports `(ptr, len) -> ptr` with JSON both ways. `extism`: Extism plug-ins. */
export type CoreAbi = 'wasi' | 'json' | 'extism'
export const CORE_ABIS = ['wasi', 'json', 'extism'] as const satisfies readonly CoreAbi[]

export interface CoreOptions {
  readonly abi: CoreAbi
  /** Name of the export that gives memory for arguments (`json`). Default: `malloc`, `alloc` or `cabi_realloc`, whichever is there. */
  readonly allocator?: string
  /** Memory that is imported as `env.memory`, 64 KiB pages. Default 1. */
  readonly memoryPages?: number
  /** Its maximum, and that of a memory of the module's own. Default: `limits.memoryMib`. */
  readonly maxMemoryPages?: number
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
  readonly lane: Lane
  /** Path of the main module or the WebAssembly file, one of `files`. */
  readonly entry: string
  /** How a core module is spoken to; there exactly when `lane` is `core`. */
  readonly core?: CoreOptions
  /** What the guest reads as its configuration (wasi:config/store, Extism's config): the author's words, no secret. */
  readonly config?: Readonly<Record<string, string>>
  readonly lifetime: 'session' | 'call'
  readonly permissions: readonly Permission[]
  readonly optionalPermissions: readonly Permission[]
  /** Other extensions that it calls, by the names that its code has for them. */
  readonly links?: Readonly<Record<string, Link>>
  /** What other extensions may call of it; nothing else. */
  readonly provides?: readonly Provided[]
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
