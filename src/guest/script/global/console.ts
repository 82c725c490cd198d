/**
 * `console`: the Console Standard's formatting inside the guest, plain text outward. No value of the guest's leaves it.
 * https://console.spec.whatwg.org (2024)
 */
import type { CreateGlobals } from '../bridge.ts'
import { drawTable } from './console-table.ts'
import { inspect, inspectLine } from './inspect.ts'
import { toDomString } from './web-idl.ts'

type Level = 'debug' | 'info' | 'warn' | 'error'

/** Characters of one line; the page caps again. */
const MAX_LINE = 8192
/** Characters of a call site's stack: frames of ours, and then the first of the guest's. */
const MAX_SITE = 1500

const MAX_INDENT = 32

type Method = (...args: readonly unknown[]) => void

export const createConsoleGlobals: CreateGlobals = (bridge) => {
  const state = { depth: 0 }
  const counts = new Map<string, number>()
  const starts = new Map<string, number>()

  let isDropping = false

  const now = (): number => Number(bridge.call('performance.now'))
  const write = (level: Level, text: string): void => {
    const indent = '  '.repeat(Math.min(state.depth, MAX_INDENT))
    const line = indent === '' ? text : indent + text.replaceAll('\n', `\n${indent}`)
    // A stack costs 10 us and more; while the log is over its rate it would be lost with the line.
    const site = isDropping ? '' : callSite()
    isDropping = bridge.call('console.log', level, line.length > MAX_LINE ? `${line.slice(0, MAX_LINE - 3)}...` : line, site) === true
  }
  const print = (level: Level, args: readonly unknown[]): void => {
    if (args.length > 0) write(level, format(args))
  }
  const printer = (level: Level): Method => (...args) => print(level, args)
  const timer = (isLast: boolean): Method => (name, ...data) => {
    const key = toLabel(name)
    const start = starts.get(key)
    if (start === undefined) return print('warn', [`Timer '${key}' does not exist`])
    if (isLast) starts.delete(key)
    print('info', [`${key}: ${now() - start} ms`, ...(isLast ? [] : data)])
  }
  const openGroup: Method = (...args) => {
    print('info', args)
    state.depth += 1
  }

  // Rest parameters: WebIDL counts required arguments, and there are none.
  const methods: Readonly<Record<string, Method>> = {
    debug: printer('debug'),
    error: printer('error'),
    info: printer('info'),
    log: printer('info'),
    warn: printer('warn'),
    dirxml: printer('info'),
    dir: (...args) => write('info', inspect(args[0], MAX_LINE, toDepth(args[1]))),
    table: (...args) => write('info', drawTable(args[0], args[1]) ?? format(args.slice(0, 1))),
    trace: (...args) => write('debug', `Trace${args.length > 0 ? `: ${format(args)}` : ''}\n${callerStack()}`),
    assert: (...args) => {
      if (!args[0]) print('error', assertion(args.slice(1)))
    },
    clear: () => void (state.depth = 0),
    count: (...args) => {
      const key = toLabel(args[0])
      const count = (counts.get(key) ?? 0) + 1
      counts.set(key, count)
      print('info', [`${key}: ${count}`])
    },
    countReset: (...args) => {
      const key = toLabel(args[0])
      if (!counts.delete(key)) print('warn', [`Count for '${key}' does not exist`])
    },
    time: (...args) => {
      const key = toLabel(args[0])
      if (starts.has(key)) return print('warn', [`Timer '${key}' already exists`])
      starts.set(key, now())
    },
    timeLog: timer(false),
    timeEnd: timer(true),
    group: openGroup,
    groupCollapsed: openGroup,
    groupEnd: () => void (state.depth = Math.max(state.depth - 1, 0)),
  }
  return { console: createNamespace(methods) }
}

/** A WebIDL namespace object, with the empty object between it and Object.prototype that the web expects of this one. */
function createNamespace(methods: Readonly<Record<string, Method>>): object {
  const console: object = Object.create({})
  for (const [name, run] of Object.entries(methods)) {
    const { [name]: value } = { [name]: (...args: readonly unknown[]) => run(...args) } // its own function, of that name
    Object.defineProperty(console, name, { value, writable: true, enumerable: true, configurable: true })
  }
  return Object.defineProperty(console, Symbol.toStringTag, { value: 'console', configurable: true }) as object // the same object
}

function toLabel(value: unknown): string {
  return value === undefined ? 'default' : toDomString(value)
}

/** The `depth` of `dir`'s options, as Node has it. */
function toDepth(options: unknown): number | undefined {
  const depth: unknown = typeof options === 'object' && options !== null ? attempt(() => Reflect.get(options, 'depth'), undefined) : undefined
  return typeof depth === 'number' ? depth : undefined
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

/** The guest's own frames. */
function callerStack(): string {
  return String(new Error().stack).split('\n').filter((frame) => !/glovebox:prelude|\(native\)$/.test(frame)).join('\n').trimEnd()
}

function attempt<T>(run: () => T, otherwise: T): T {
  try {
    return run()
  } catch {
    return otherwise
  }
}
