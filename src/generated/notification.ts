/** Made from wit/notification.wit by `npm run generate`. Do not edit. */
import type { CallError } from './types.ts'

export interface Message {
  /** At most 100 UTF-16 units are shown. */
  readonly title: string
  /** At most 500 are. */
  readonly body: string
  /** A later one with the same tag, of at most 64, takes the place of an earlier one. */
  readonly tag: string | undefined
}

/** Notifications of the user's system. Needs the permission `notification:show`. The extension's id and name stand above every one. */
export interface Notification {
  show(message: Message): Result<undefined, CallError>
}

export type Result<T, E> = { readonly tag: 'ok'; readonly val: T } | { readonly tag: 'err'; readonly val: E }
