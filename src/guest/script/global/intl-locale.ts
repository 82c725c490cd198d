/** Intl.Locale: the worker parses a tag once and tells all that is in it. https://tc39.es/ecma402/#locale-objects */
import type { Bridge } from '../bridge.ts'
import { readOptions, text } from './intl-options.ts'
import { define, defineGetter, json, method, rename, tag } from './intl-shape.ts'
import { requireState, stamp, tagOf } from './intl-state.ts'

const GETTERS = [
  'baseName', 'calendar', 'caseFirst', 'collation', 'firstDayOfWeek', 'hourCycle', 'numeric', 'numberingSystem', 'language', 'script', 'region',
  'variants',
]
const LISTS = ['getCalendars', 'getCollations', 'getHourCycles', 'getNumberingSystems', 'getTimeZones', 'getTextInfo', 'getWeekInfo']

export function createLocaleClass(bridge: Bridge): Function {
  const Locale = function (this: unknown, ...args: readonly [given?: unknown, options?: unknown]): object {
    if (new.target === undefined) throw new TypeError("Constructor Intl.Locale requires 'new'")
    const [given, options] = args
    if (typeof given !== 'string' && (typeof given !== 'object' || given === null)) {
      throw new TypeError('Intl.Locale: a tag must be a string or an object')
    }
    const object: object = Reflect.construct(Object, [], new.target)
    const read = JSON.stringify(readOptions('Locale', options))
    return stamp(object, { type: 'Locale', key: String(bridge.call('intl.locale.parse', tagOf(given) ?? text(given), read)) })
  }
  const { prototype } = Locale
  const ask = (self: unknown, member: string): unknown => {
    const found = bridge.call('intl.locale.get', requireState(self, 'Locale').key, member)
    return found === undefined ? undefined : json(found)
  }
  for (const name of GETTERS) defineGetter(prototype, name, (self) => ask(self, name))
  for (const name of LISTS) define(prototype, name, method(name, 0, (self) => ask(self, name)))
  for (const name of ['maximize', 'minimize']) {
    define(prototype, name, method(name, 0, (self) => Reflect.construct(Locale, [ask(self, name)])))
  }
  define(prototype, 'toString', method('toString', 0, (self) => requireState(self, 'Locale').key))
  tag(prototype, 'Intl.Locale')
  Object.defineProperty(prototype, 'constructor', { enumerable: false })
  Object.defineProperty(Locale, 'prototype', { writable: false })
  rename(Locale, 'Locale', 1)
  return Locale
}
