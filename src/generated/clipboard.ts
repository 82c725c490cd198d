/** Made from wit/clipboard.wit by `npm run generate`. Do not edit. */
import type { CallError } from './types.ts'

/**
 * The user's clipboard, as text of at most 131072 UTF-16 units. Reading needs the permission `clipboard:read`, writing `clipboard:write`, and
 * both that the user has just clicked or typed in the page: else they fail with `gesture-required`.
 */
export interface Clipboard {
  readText(): Result<string, CallError>

  writeText(text: string): Result<undefined, CallError>
}

export type Result<T, E> = { readonly tag: 'ok'; readonly val: T } | { readonly tag: 'err'; readonly val: E }
