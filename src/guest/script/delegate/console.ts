/** Log lines of the guest's, on their way to the page: text only. The page escapes and caps again. */
import type { Delegate } from '../bridge.ts'

const MAX_LINE = 8192

export const consoleDelegate: Delegate = new Map([
  ['console.log', ([level, text], context) => {
    if (typeof text !== 'string') return undefined
    const known = level === 'debug' || level === 'warn' || level === 'error' ? level : 'info'
    context.log(known, text.length > MAX_LINE ? text.slice(0, MAX_LINE) : text)
    return undefined
  }],
])
