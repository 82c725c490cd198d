/**
 * Intl by the worker's own. An object here is its locales and options as text; the worker keeps the last formatters by that text, so there
 * is nothing to free, and a million of them cost what sixty-four do. Languages and data are the browser's; locale and time zone are the
 * host's choice where the guest names none. https://tc39.es/ecma402/
 */
import type { Bridge, BridgeValue, CreateGlobals } from '../bridge.ts'
import { createLocaleClass } from './intl-locale.ts'
import { readLocales, readOptions, text, type ServiceName } from './intl-options.ts'
import { createSegmenterMethods } from './intl-segmenter.ts'
import { compare, define, defineGetter, json, method, rename, tag, toNumeric } from './intl-shape.ts'
import { requireState, stamp, tagOf, type IntlState } from './intl-state.ts'
import { installLocaleMethods } from './locale.ts'

type Method = (state: IntlState, args: readonly unknown[]) => unknown
/** `length` and what it does. `get` before a name: a getter of the bound function. */
type Methods = Readonly<Record<string, readonly [length: number, run: Method]>>

/** These may be called without `new`. */
const CALLABLE: ReadonlySet<string> = new Set(['NumberFormat', 'DateTimeFormat', 'Collator'])

export const createIntlGlobals: CreateGlobals = (bridge) => {
  const Intl: object = {}
  for (const [type, methods] of Object.entries(createServices(bridge))) {
    define(Intl, type, createService(bridge, type as ServiceName, methods)) // the keys below
  }
  define(Intl, 'Locale', createLocaleClass(bridge))
  define(Intl, 'getCanonicalLocales', method('getCanonicalLocales', 1, (_self, [locales]) => json(bridge.call('intl.canonical', listOf(locales)))))
  define(Intl, 'supportedValuesOf', method('supportedValuesOf', 1, (_self, [key]) => json(bridge.call('intl.values', text(key)))))
  tag(Intl, 'Intl')
  installLocaleMethods(bridge)
  return { Intl }
}

function createServices(bridge: Bridge): Readonly<Record<ServiceName, Methods>> {
  const run = ({ type, key }: IntlState, name: string, ...args: readonly BridgeValue[]): BridgeValue => {
    return bridge.call('intl.run', type, key, name, ...args)
  }
  const parts = (state: IntlState, name: string, ...args: readonly BridgeValue[]): unknown => json(run(state, name, ...args))
  /** Methods of a formatter of values that `convert` makes ready to cross. */
  const formatter = (convert: (value: unknown) => BridgeValue): Methods => ({
    'get format': [1, (state, [value]) => run(state, 'format', convert(value))],
    'formatToParts': [1, (state, [value]) => parts(state, 'formatToParts', convert(value))],
    'formatRange': [2, (state, args) => run(state, 'formatRange', ...range(args, convert))],
    'formatRangeToParts': [2, (state, args) => parts(state, 'formatRangeToParts', ...range(args, convert))],
  })
  const both = (convert: (args: readonly unknown[]) => readonly BridgeValue[], length: number): Methods => ({
    format: [length, (state, args) => run(state, 'format', ...convert(args))],
    formatToParts: [length, (state, args) => parts(state, 'formatToParts', ...convert(args))],
  })
  return {
    NumberFormat: formatter(toNumeric),
    DateTimeFormat: formatter((date) => (date === undefined ? Date.now() : +(date as number))), // converts any value as the standard does
    Collator: { 'get compare': [2, (state, [a, b]) => compare(bridge, state.key, text(a), text(b))] },
    PluralRules: {
      select: [1, (state, [value]) => run(state, 'select', toNumeric(value))],
      selectRange: [2, (state, args) => run(state, 'selectRange', ...range(args, toNumeric))],
    },
    RelativeTimeFormat: both(([value, unit]) => [+(value as number), text(unit)], 2),
    ListFormat: both(([list]) => [JSON.stringify(toTexts(list))], 1),
    DisplayNames: { of: [1, (state, [code]) => run(state, 'of', text(code))] },
    Segmenter: createSegmenterMethods(bridge),
  }
}

function createService(bridge: Bridge, type: ServiceName, methods: Methods): Function {
  const Service = function (this: unknown, ...args: readonly [locales?: unknown, options?: unknown]): object {
    if (new.target === undefined && !CALLABLE.has(type)) throw new TypeError(`Constructor Intl.${type} requires 'new'`)
    const object: object = Reflect.construct(Object, [], new.target ?? Service)
    const locales = readLocales(args[0], tagOf)
    if (type === 'DisplayNames' && args[1] === undefined) throw new TypeError('Intl.DisplayNames: options are required')
    const key = JSON.stringify([locales, readOptions(type, args[1])])
    bridge.call('intl.open', type, key)
    return stamp(object, { type, key })
  }
  const { prototype } = Service
  for (const [name, [length, run]] of Object.entries(methods)) {
    if (name.startsWith('get ')) defineBound(prototype, type, name, (state) => method('', length, (_self, args) => run(state, args)))
    else define(prototype, name, method(name, length, (self, args) => run(requireState(self, type), args)))
  }
  define(prototype, 'resolvedOptions', method('resolvedOptions', 0, (self) => {
    return json(bridge.call('intl.run', type, requireState(self, type).key, 'resolvedOptions'))
  }))
  tag(prototype, `Intl.${type}`)
  Object.defineProperty(prototype, 'constructor', { enumerable: false })
  Object.defineProperty(Service, 'prototype', { writable: false })
  rename(Service, type, type === 'DisplayNames' ? 2 : 0)
  define(Service, 'supportedLocalesOf', method('supportedLocalesOf', 1, (_self, [locales, options]) => {
    const list = listOf(locales)
    // Read once, converted below.
    const { localeMatcher } = options === undefined ? {} : (Object(nonNull(options)) as { readonly localeMatcher?: unknown })
    return json(bridge.call('intl.supported', type, list, localeMatcher === undefined ? undefined : text(localeMatcher)))
  }))
  return Service
}

function range(args: readonly unknown[], convert: (value: unknown) => BridgeValue): readonly BridgeValue[] {
  const [start, end] = args
  if (start === undefined || end === undefined) throw new TypeError('A range needs a start and an end')
  return [convert(start), convert(end)]
}

function toTexts(list: unknown): string[] {
  if (list === undefined) return []
  const texts: string[] = []
  for (const item of list as Iterable<unknown>) { // throws for what cannot be iterated
    if (typeof item !== 'string') throw new TypeError('A list of strings is required')
    texts.push(item)
  }
  return texts
}

function listOf(locales: unknown): string {
  return JSON.stringify(readLocales(locales, tagOf))
}

function nonNull(value: unknown): unknown {
  if (value === null) throw new TypeError('Options cannot be null')
  return value
}

function defineBound(prototype: object, type: ServiceName, name: string, bind: (state: IntlState) => Function): void {
  defineGetter(prototype, name.slice('get '.length), (self) => {
    const state = requireState(self, type)
    state.bound ??= bind(state)
    return state.bound
  })
}
