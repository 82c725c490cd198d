/**
 * Any value as text for the log, inside the guest. Never throws, whatever getters, proxies or patched prototypes do:
 * accessors are shown, not run, and what still throws is shown as such. Stops at a length, so that a huge value costs little.
 */
import { platformPrototypesOf } from './web-idl.ts'

const MAX_DEPTH = 4
/** The engine's stack is small. */
const LARGEST_DEPTH = 20
const MAX_ITEMS = 100

interface Inspection {
  readonly seen: object[]
  readonly maxDepth: number
  /** Characters left; what comes after is not looked at. */
  budget: number
}

/** Text of `value`, about `budget` characters at most; strings are quoted. */
export function inspect(value: unknown, budget: number, maxDepth: number = MAX_DEPTH): string {
  return show(value, { seen: [], budget, maxDepth: Math.min(maxDepth, LARGEST_DEPTH) })
}

/** `inspect`, but a top-level string is itself. */
export function inspectLine(value: unknown, budget: number): string {
  return typeof value === 'string' ? value.slice(0, budget + 1) : inspect(value, budget)
}

function show(value: unknown, state: Inspection): string {
  if (state.budget <= 0) return '...'
  let text: string
  try {
    text = typeof value === 'object' && value !== null ? showObject(value, state) : showOther(value, state)
  } catch {
    text = '[unreadable]'
  }
  state.budget -= text.length
  return text
}

function showOther(value: unknown, state: Inspection): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, state.budget))
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'function') {
    const name = readData(value, 'name')
    return typeof name === 'string' && name !== '' ? `[Function: ${name}]` : '[Function]'
  }
  return Object.is(value, -0) ? '-0' : String(value)
}

function showObject(value: object, state: Inspection): string {
  if (state.seen.includes(value)) return '[Circular]'
  if (value instanceof Error) return showError(value, state)
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString()
  if (value instanceof RegExp) return RegExp.prototype.toString.call(value)
  const name = typeName(value)
  if (state.seen.length >= state.maxDepth) return Array.isArray(value) ? '[Array]' : `[${name === '' ? 'Object' : name}]`
  state.seen.push(value)
  try {
    return showMembers(value, name, state)
  } finally {
    state.seen.pop()
  }
}

function showMembers(value: object, name: string, state: Inspection): string {
  if (Array.isArray(value)) return `[${inside(items(value, value.length, state), ' ').trim()}]`
  if (ArrayBuffer.isView(value) && 'length' in value && typeof value.length === 'number') {
    return `${name}(${value.length}) [${inside(items(value, value.length, state), ' ').trim()}]`
  }
  if (value instanceof ArrayBuffer) return `ArrayBuffer { byteLength: ${value.byteLength} }`
  if (value instanceof Map) {
    const entries = limited(Map.prototype.entries.call(value), value.size, state, ([key, item]) => `${show(key, state)} => ${show(item, state)}`)
    return `${name}(${value.size}) {${inside(entries, ' ')}}`
  }
  if (value instanceof Set) {
    return `${name}(${value.size}) {${inside(limited(Set.prototype.values.call(value), value.size, state, (item) => show(item, state)), ' ')}}`
  }
  const attributes = platformPrototypesOf(value).flatMap((type) => showAttributes(value, type, state))
  const prefix = name === '' || name === 'Object' ? '' : `${name} `
  return `${prefix}{${inside([...attributes, ...properties(value, state)], ' ')}}`
}

function items(value: object, length: number, state: Inspection): string[] {
  const parts: string[] = []
  for (let index = 0; index < length; index += 1) {
    if (index === MAX_ITEMS || state.budget <= 0) {
      parts.push(`... ${length - index} more`)
      break
    }
    parts.push(showProperty(value, index, state))
  }
  return parts
}

function limited<T>(source: Iterable<T>, size: number, state: Inspection, showItem: (item: T) => string): string[] {
  const parts: string[] = []
  for (const item of source) {
    if (parts.length === MAX_ITEMS || state.budget <= 0) {
      parts.push(`... ${size - parts.length} more`)
      break
    }
    parts.push(showItem(item))
  }
  return parts
}

function properties(value: object, state: Inspection): string[] {
  const keys = Reflect.ownKeys(value).filter((key) => Reflect.getOwnPropertyDescriptor(value, key)?.enumerable === true)
  return limited(keys, keys.length, state, (key) => {
    const label = typeof key === 'symbol' ? `[${String(key)}]` : /^[\w$]+$/.test(key) ? key : JSON.stringify(key)
    state.budget -= label.length
    return `${label}: ${showProperty(value, key, state)}`
  })
}

/** What our own classes (URL, Response) keep behind getters, as far as it is primitive; pairs where they iterate. */
function showAttributes(value: object, type: object, state: Inspection): string[] {
  const iterate: unknown = Reflect.get(type, Symbol.iterator)
  if (typeof iterate === 'function') {
    const pairs = [...(Reflect.apply(iterate, value, []) as Iterable<[string, string]>)] // our own pair iterators
    return limited(pairs, pairs.length, state, ([name, item]) => `${show(name, state)} => ${show(item, state)}`)
  }
  return Object.entries(Object.getOwnPropertyDescriptors(type)).flatMap(([name, { get }]) => {
    const content: unknown = get === undefined ? undefined : Reflect.apply(get, value, [])
    return content === undefined || typeof content === 'object' || typeof content === 'function' ? [] : [`${name}: ${show(content, state)}`]
  })
}

function showProperty(value: object, key: PropertyKey, state: Inspection): string {
  const property = Reflect.getOwnPropertyDescriptor(value, key)
  if (property === undefined) return '<empty>'
  if ('value' in property) return show(property.value, state)
  return property.get === undefined ? '[Setter]' : '[Getter]'
}

function showError(error: Error, state: Inspection): string {
  const name = toText(error.name)
  const message = toText(error.message)
  const stack = readData(error, 'stack')
  const head = message === '' ? name : `${name}: ${message}`
  let text = typeof stack === 'string' && stack !== '' ? `${head}\n${stack.trimEnd()}` : head
  state.budget -= text.length
  if (state.seen.length >= state.maxDepth) return text
  state.seen.push(error)
  const cause = readData(error, 'cause')
  if (cause !== undefined) text += `\n  [cause]: ${show(cause, state)}`
  const own = properties(error, state)
  if (own.length > 0) text += ` {${inside(own, ' ')}}`
  state.seen.pop()
  return text
}

/** A property's value up the prototype chain without running an accessor. */
function readData(value: object, key: string): unknown {
  for (let type: object | null = value; type !== null; type = Reflect.getPrototypeOf(type)) {
    const property = Reflect.getOwnPropertyDescriptor(type, key)
    if (property !== undefined) return property.value
  }
  return undefined
}

function typeName(value: object): string {
  const type = Reflect.getPrototypeOf(value)
  if (type === null) return '[null]'
  const create = readData(type, 'constructor')
  const name = typeof create === 'function' ? readData(create, 'name') : ''
  return typeof name === 'string' ? name : ''
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : String(value)
}

function inside(parts: readonly string[], pad: string): string {
  return parts.length === 0 ? '' : pad + parts.join(', ') + pad
}
