/** Ceilings for what a stranger's package may make this page read, unpack and keep. Checked before the work, never after. */
import { MAX_FILES } from '../manifest/manifest.ts'

export interface PackageLimits {
  /** Entries of an archive: files, folders and the manifest. Default 2 000. */
  readonly entries: number
  /** One file, bytes unpacked. Default 32 MiB. */
  readonly fileBytes: number
  /** All files together, bytes unpacked. Default 64 MiB. */
  readonly totalBytes: number
  /** An archive as it comes, bytes. Default 64 MiB. */
  readonly archiveBytes: number
  /** The text of `glovebox.json`, bytes. Default 1 MiB. */
  readonly manifestBytes: number
  /** Unpacked to packed size of one entry larger than 1 MiB. Default 200: text and wasm stay below 20, a bomb is near 1 000. */
  readonly ratio: number
  /** Fetching everything, ms. Default 60 000. */
  readonly fetchMs: number
}

export const DEFAULT_PACKAGE_LIMITS: PackageLimits = Object.freeze({
  entries: MAX_FILES + 1,
  fileBytes: 32 * 2 ** 20,
  totalBytes: 64 * 2 ** 20,
  archiveBytes: 64 * 2 ** 20,
  manifestBytes: 2 ** 20,
  ratio: 200,
  fetchMs: 60_000,
})
