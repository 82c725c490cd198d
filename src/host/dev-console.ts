/**
 * Log lines of extensions in the browser's console: in development, where their authors look first. The one place of the library that knows a
 * console. What a guest wrote is an argument, never the format: `%c` would style a line as if it were the page's, `%o` would show objects.
 */
import type { LogDetail } from './events.ts'

/** The part of a console that is used. */
export type LogConsole = Pick<Console, 'debug' | 'info' | 'warn' | 'error'>

/** @param choice  `'auto'`: the page's console in development, none otherwise */
export function createConsoleSink(choice: 'auto' | 'off' | LogConsole, isDevelopment: boolean): ((line: LogDetail) => void) | undefined {
  const target = choice === 'auto' ? (isDevelopment ? globalThis.console : undefined) : choice === 'off' ? undefined : choice
  if (target === undefined) return undefined
  return ({ extension, level, text, call, position }) => {
    const place = position === undefined ? '' : ` (${position.file}:${position.line}:${position.column})`
    target[level]('%s', `[${extension}${call === undefined ? '' : ` #${call}`}] ${text}${place}`)
  }
}
