/** How Intl's objects look (the language's own kind, not WebIDL's), and conversions that several of them share. */
import type { Bridge, BridgeValue } from '../bridge.ts'

/** A function of the language's own kind: no prototype, not to be constructed. */
export function method(name: string, length: number, run: (self: unknown, args: readonly unknown[]) => unknown): Function {
  const { call } = { call(this: unknown, ...args: readonly unknown[]): unknown {
    return run(this, args)
  } }
  rename(call, name, length)
  return call
}

export function define(target: object, name: PropertyKey, value: unknown): void {
  Object.defineProperty(target, name, { value, writable: true, configurable: true })
}

export function defineGetter(target: object, name: string, read: (self: unknown) => unknown): void {
  const { get } = { get(this: unknown): unknown {
    return read(this)
  } }
  rename(get, `get ${name}`, 0)
  Object.defineProperty(target, name, { get, configurable: true })
}

export function tag(target: object, name: string): void {
  Object.defineProperty(target, Symbol.toStringTag, { value: name, configurable: true })
}

export function rename(target: Function, name: string, length: number): void {
  Object.defineProperty(target, 'name', { value: name, configurable: true })
  Object.defineProperty(target, 'length', { value: length, configurable: true })
}

export function json(value: BridgeValue): unknown {
  return JSON.parse(String(value))
}

/** Equal texts need no crossing. */
export function compare(bridge: Bridge, key: string, a: string, b: string): number {
  return a === b ? 0 : Number(bridge.call('intl.run', 'Collator', key, 'compare', a, b))
}

/** A number, or the text of what is exact only as text. */
export function toNumeric(value: unknown): BridgeValue {
  const primitive = toPrimitive(value, 'number')
  return typeof primitive === 'bigint' || typeof primitive === 'string' ? String(primitive) : +(primitive as number) // converts any other primitive
}

/** https://tc39.es/ecma262/#sec-toprimitive */
export function toPrimitive(value: unknown, hint: 'default' | 'number'): unknown {
  if (!isObject(value)) return value
  const convert: unknown = Reflect.get(value, Symbol.toPrimitive)
  if (convert !== undefined && convert !== null) {
    const result: unknown = typeof convert === 'function' ? Reflect.apply(convert, value, [hint]) : value
    if (!isObject(result)) return result
    throw new TypeError('Cannot convert the object to a primitive value')
  }
  for (const name of ['valueOf', 'toString']) {
    const run: unknown = Reflect.get(value, name)
    const result: unknown = typeof run === 'function' ? Reflect.apply(run, value, []) : value
    if (!isObject(result)) return result
  }
  throw new TypeError('Cannot convert the object to a primitive value')
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}
