/**
 * `console`: the Console Standard's formatting inside the guest, plain text outward. No value of the guest's leaves it.
 * https://console.spec.whatwg.org (2024)
 */
import type { CreateGlobals } from '../bridge.ts'
import { inspect, inspectLine } from './inspect.ts'
import { toDomString } from './web-idl.ts'

type Level = 'debug' | 'info' | 'warn' | 'error'

/** Characters of one line; the page caps again. */
const MAX_LINE = 8192
/** Characters of a call site's stack: frames of ours, and then the first of the guest's. */
const MAX_SITE = 1500

export const createConsoleGlobals: CreateGlobals = (bridge) => {
  const groups: string[] = []
  const counts = new Map<string, number>()
  const starts = new Map<string, number>()

  let isDropping = false

  const now = (): number => Number(bridge.call('performance.now'))
  const print = (level: Level, args: readonly unknown[]): void => {
    const indent = '  '.repeat(groups.length)
    const text = format(args)
    const line = indent === '' ? text : indent + text.replaceAll('\n', `\n${indent}`)
    // A stack costs 10 us and more; while the log is over its rate it would be lost with the line.
    const site = isDropping ? '' : callSite()
    isDropping = bridge.call('console.log', level, line.length > MAX_LINE ? `${line.slice(0, MAX_LINE - 3)}...` : line, site) === true
  }
  const label = (value: unknown): string => (value === undefined ? 'default' : attempt(() => toDomString(value), 'default'))
  const elapsed = (name: string, data: readonly unknown[], end: boolean): void => {
    const start = starts.get(name)
    if (start === undefined) return print('warn', [`Timer '${name}' does not exist`])
    if (end) starts.delete(name)
    print('info', [`${name}: ${now() - start} ms`, ...data])
  }

  const console = {
    log: (...args: unknown[]) => print('info', args),
    info: (...args: unknown[]) => print('info', args),
    warn: (...args: unknown[]) => print('warn', args),
    error: (...args: unknown[]) => print('error', args),
    debug: (...args: unknown[]) => print('debug', args),
    trace: (...args: unknown[]) => print('debug', [`Trace: ${format(args)}\n${callerStack()}`]),
    assert: (condition?: unknown, ...args: unknown[]) => {
      if (!condition) print('error', assertion(args))
    },
    dir: (value?: unknown) => print('info', [value]),
    dirxml: (...args: unknown[]) => print('info', args),
    table: (value?: unknown) => print('info', [value]),
    clear: () => void groups.splice(0),
    count: (name?: unknown) => {
      const key = label(name)
      const count = (counts.get(key) ?? 0) + 1
      counts.set(key, count)
      print('info', [`${key}: ${count}`])
    },
    countReset: (name?: unknown) => {
      if (!counts.delete(label(name))) print('warn', [`Count for '${label(name)}' does not exist`])
    },
    time: (name?: unknown) => {
      const key = label(name)
      if (starts.has(key)) return print('warn', [`Timer '${key}' already exists`])
      starts.set(key, now())
    },
    timeLog: (name?: unknown, ...data: unknown[]) => elapsed(label(name), data, false),
    timeEnd: (name?: unknown) => elapsed(label(name), [], true),
    group: (...args: unknown[]) => {
      if (args.length > 0) print('info', args)
      if (groups.length < 32) groups.push('')
    },
    groupCollapsed: (...args: unknown[]) => console.group(...args),
    groupEnd: () => void groups.pop(),
  }
  Object.defineProperty(console, Symbol.toStringTag, { value: 'console', configurable: true })
  return { console }
}

function assertion(args: readonly unknown[]): readonly unknown[] {
  const [first, ...rest] = args
  if (first === undefined && args.length === 0) return ['Assertion failed']
  return typeof first === 'string' ? [`Assertion failed: ${first}`, ...rest] : ['Assertion failed:', ...args]
}

/** Formatter of the Console Standard: substitutions in a leading string, the rest after blanks. */
function format(args: readonly unknown[]): string {
  let text = ''
  let next = 0
  const first = args[0]
  if (typeof first === 'string' && args.length > 1) {
    next = 1
    text = first.replace(/%[sdifoOjc%]/g, (match) => {
      if (match === '%%') return '%'
      if (next >= args.length || text.length > MAX_LINE) return match
      next += 1
      return substitute(match, args[next - 1])
    })
  }
  for (; next < args.length && text.length <= MAX_LINE; next += 1) {
    text += (next === 0 ? '' : ' ') + inspectLine(args[next], MAX_LINE - text.length)
  }
  return text
}

function substitute(directive: string, value: unknown): string {
  switch (directive) {
    case '%s':
      return typeof value === 'object' || typeof value === 'function' ? inspectLine(value, MAX_LINE) : String(value)
    case '%d':
    case '%i':
      return typeof value === 'bigint' ? `${value}n` : isNumeric(value) ? String(Number.parseInt(String(value), 10)) : 'NaN'
    case '%f':
      return isNumeric(value) ? String(Number.parseFloat(String(value))) : 'NaN'
    case '%j':
      return attempt(() => String(JSON.stringify(value)), '[Circular]')
    case '%c':
      return ''
    default:
      return inspect(value, MAX_LINE)
  }
}

function isNumeric(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'string' || typeof value === 'bigint' || typeof value === 'boolean'
}

/** Where the guest called: the worker finds the first frame that is not ours. */
function callSite(): string {
  return attempt(() => String(new Error().stack).slice(0, MAX_SITE), '')
}

/** The stack without the frames of this file. */
function callerStack(): string {
  return String(new Error().stack).split('\n').slice(2).join('\n').trimEnd()
}

function attempt<T>(run: () => T, otherwise: T): T {
  try {
    return run()
  } catch {
    return otherwise
  }
}
