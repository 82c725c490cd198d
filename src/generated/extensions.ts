/** Made from wit/extensions.wit by `npm run generate`. Do not edit. */
import type { CallError } from './types.ts'

/** What the called extension said of its end: its words, not the host's. */
export interface Failure {
  /** Of its error, such as `RangeError`. */
  readonly name: string
  readonly code: string
  readonly message: string
  /** JSON of the error value of a component's result. */
  readonly payload: string | undefined
}

export type CallFailure =
  /** The call was not made, or the host ended it. */
  | { readonly tag: 'refused'; readonly val: CallError }
  /** The extension threw, gave what is no JSON, or could not answer. */
  | { readonly tag: 'failed'; readonly val: Failure }

/**
 * Calls of other extensions by name. Needs the permission `extension:call` with their ids, and a link in the manifest. An interface that a link names
 * can be imported instead, with its types.
 */
export interface Extensions {
  /** `link` is a name of the manifest's, `args` a JSON list. Gives JSON. */
  call(link: string, name: string, args: string): Result<string, CallFailure>
}

export type Result<T, E> = { readonly tag: 'ok'; readonly val: T } | { readonly tag: 'err'; readonly val: E }
