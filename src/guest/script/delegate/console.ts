/** Log lines of the guest's, on their way to the page: text only. The page escapes and caps again. */
import type { Delegate } from '../bridge.ts'

const MAX_LINE = 8192

export const consoleDelegate: Delegate = new Map([
  // Returns whether the line was dropped: the next one's stack would then be work for nothing.
  ['console.log', ([level, text, stack], context) => {
    if (typeof text !== 'string') return false
    const known = level === 'debug' || level === 'warn' || level === 'error' ? level : 'info'
    return !context.log(known, text.length > MAX_LINE ? text.slice(0, MAX_LINE) : text, typeof stack === 'string' ? stack : '')
  }],
])
