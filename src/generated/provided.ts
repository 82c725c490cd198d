/** Made from wit/provided.wit by `npm run generate`. Do not edit. */
import type { CallError } from './types.ts'

/**
 * What the app provides itself. Each method needs the permission `host:call` with what it asks for, such as `notes.read`. A component may as well
 * import an interface of the app's own, with its own types.
 */
export interface Provided {
  /** `method` is `<capability>.<method>`, `args` a JSON list. Gives JSON. */
  call(method: string, args: string): Result<string, CallError>
}

export type Result<T, E> = { readonly tag: 'ok'; readonly val: T } | { readonly tag: 'err'; readonly val: E }
