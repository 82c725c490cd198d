/** Made from wit/log.wit by `npm run generate`. Do not edit. */

export type Level =
  | 'debug'
  | 'info'
  | 'warn'
  | 'error'

/** Lines for the extension's author. Needs no permission; what goes beyond the limit for text per second is dropped and counted. */
export interface Log {
  /** At most 8 KiB of text are kept. Control, direction and invisible characters are shown as escapes. */
  write(level: Level, text: string): void
}
