/**
 * What ECMA-402 adds to the language's own classes: toLocaleString and its like, localeCompare, toLocaleUpperCase and toLocaleLowerCase.
 * https://tc39.es/ecma402/#locale-sensitive-functions
 */
import type { Bridge } from '../bridge.ts'
import { completeDateOptions, readLocales, readOptions, text, type Options, type ServiceName } from './intl-options.ts'
import { compare, define, json, method } from './intl-shape.ts'
import { tagOf } from './intl-state.ts'

const { apply } = Reflect
const { valueOf: readNumber } = Number.prototype
const { valueOf: readBigint } = BigInt.prototype
const { getTime } = Date.prototype
const { toUpperCase, toLowerCase } = String.prototype
/** Languages whose letters change case in a way of their own. */
const OWN_CASE = /^(?:tr|az|lt|el)\b/i

export function installLocaleMethods(bridge: Bridge): void {
  const keyOf = (type: ServiceName, [locales, options]: readonly unknown[], complete = (read: Options): Options => read): string => {
    return JSON.stringify([readLocales(locales, tagOf), complete(readOptions(type, options))])
  }
  const format = (type: ServiceName, key: string, value: number | string): unknown => bridge.call('intl.run', type, key, 'format', value)

  install(Number.prototype, 'toLocaleString', 0, (self, args) => format('NumberFormat', keyOf('NumberFormat', args), apply(readNumber, self, [])))
  install(BigInt.prototype, 'toLocaleString', 0, (self, args) => {
    const value = String(apply(readBigint, self, []))
    return format('NumberFormat', keyOf('NumberFormat', args), value)
  })
  for (const name of ['toLocaleString', 'toLocaleDateString', 'toLocaleTimeString'] as const) {
    install(Date.prototype, name, 0, (self, args) => {
      const time: number = apply(getTime, self, [])
      if (Number.isNaN(time)) return 'Invalid Date'
      return format('DateTimeFormat', keyOf('DateTimeFormat', args, (options) => completeDateOptions(name, options)), time)
    })
  }
  install(String.prototype, 'localeCompare', 1, (self, [that, ...args]) => {
    const [a, b] = [textOf(self), text(that)]
    return compare(bridge, keyOf('Collator', args), a, b)
  })
  installCase(bridge, 'toLocaleUpperCase', toUpperCase)
  installCase(bridge, 'toLocaleLowerCase', toLowerCase)
  const typedArray: object = Object.getPrototypeOf(Uint8Array.prototype)
  for (const prototype of [Array.prototype, typedArray]) install(prototype, 'toLocaleString', 0, joinLocaleStrings)
}

function installCase(bridge: Bridge, name: string, plain: () => string): void {
  const kept: { locale?: string } = {} // asked for at the first call: none is known when this runs
  install(String.prototype, name, 0, (self, [locales]) => {
    const value = textOf(self)
    const tags = readLocales(locales, tagOf)
    const [tag] = tags.length === 0 ? [] : (json(bridge.call('intl.canonical', JSON.stringify(tags))) as readonly string[]) // the worker's own list
    const locale = tag ?? (kept.locale ??= String(bridge.call('intl.locale')))
    return OWN_CASE.test(locale) ? bridge.call('intl.case', name, locale, value) : apply(plain, value, [])
  })
}

interface Localizable {
  toLocaleString(...args: readonly unknown[]): unknown
}

/** As Array's, with the locales and options given on. */
function joinLocaleStrings(self: unknown, args: readonly unknown[]): string {
  if (self === undefined || self === null) throw new TypeError('Cannot convert undefined or null to object')
  const list = Object(self) as ArrayLike<unknown>
  const texts: string[] = []
  for (let index = 0; index < list.length; index++) {
    const item = list[index]
    texts.push(item === undefined || item === null ? '' : text((item as Localizable).toLocaleString(...args))) // throws where it is no function
  }
  return texts.join(',')
}

function textOf(self: unknown): string {
  if (self === undefined || self === null) throw new TypeError('Cannot convert undefined or null to a string')
  return text(self)
}

function install(prototype: object, name: string, length: number, run: (self: unknown, args: readonly unknown[]) => unknown): void {
  define(prototype, name, method(name, length, run))
}
