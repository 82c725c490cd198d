/** A package as it is kept: plain data that structured clone copies. It lives here because package/ and cache/ are peers. */
import type { Digest } from './digest.ts'

/** Unverified. */
export interface StoredPackage {
  readonly digest: Digest
  /** Text of the canonical manifest. */
  readonly manifest: string
  readonly files: readonly StoredFile[]
}

export interface StoredFile {
  readonly path: string
  readonly bytes: ArrayBuffer
}
