/** Made from wit/files.wit by `npm run generate`. Do not edit. */
import type { CallError } from './types.ts'

export interface PickOptions {
  /** Such as `.csv`, `image/png` and `image/*`, at most 32; empty for files of every kind. */
  readonly accept: readonly string[]
  readonly multiple: boolean
}

/** At most 64 at once, of 256 MiB each. Dropping it gives it back. */
export interface PickedFile {
  /** Without its directory. */
  name(): string

  /** In bytes. */
  size(): bigint

  /** As the browser takes it to be; empty where it does not know. */
  mediaType(): string

  /** Waits for the next bytes, at most 64 KiB. None at the end, and from then on. */
  read(): Result<Uint8Array | undefined, CallError>
}

/**
 * Files that the user picks in the browser's own dialog, to read and to save to. Reading needs the permission `file:read`, saving `file:write`, each
 * with `picked` in its scope, and both that the user has just clicked or typed in the page: else they fail with `gesture-required`.
 */
export interface Files {
  /** Fails with `cancelled` when the user picks nothing. */
  pick(options: PickOptions): Result<readonly PickedFile[], CallError>

  /** `name` is what the dialog proposes: paths and invisible characters in it are replaced. At most 256 MiB; 16 MiB where the browser has no JSPI. */
  save(name: string, bytes: Uint8Array): Result<undefined, CallError>
}

export type Result<T, E> = { readonly tag: 'ok'; readonly val: T } | { readonly tag: 'err'; readonly val: E }
