/**
 * Local time to UTC as the standard has it. QuickJS takes the offset at the local time as if that were UTC, and so is wrong for some hours
 * around a change of the offset. Installed only when the host's time zone is not UTC: a Date of the engine's own is faster.
 * https://tc39.es/ecma262/#sec-utc-t
 */
import type { CreateGlobals } from '../bridge.ts'
import { define, rename, toPrimitive } from './intl-shape.ts'

const NativeDate = globalThis.Date
const DAY_MS = 864e5
const MINUTE_MS = 6e4
const SETTERS = ['Milliseconds', 'Seconds', 'Minutes', 'Hours', 'Date', 'Month', 'FullYear'] as const
/** Texts that are not in local time: a zone at the end, or an ISO date without a time. */
const ZONED = /(?:Z|UTC?|GMT|[+-]\d\d:?\d\d|\b[ECMP][SD]T)(?: *\(.*\))?\s*$|^\s*[+-]?\d+(?:-\d\d){0,2}\s*$/i

export const createDateGlobals: CreateGlobals = (bridge) => {
  bridge.on('time-zone', install)
  return {}
}

function install(): void {
  const { prototype } = NativeDate
  const methods = prototype as unknown as Readonly<Record<string, (this: Date, ...args: readonly unknown[]) => number>> // Date's own setters
  for (const part of SETTERS) {
    const setUtc = methods[`setUTC${part}`]
    const old = methods[`set${part}`]
    if (setUtc === undefined || old === undefined) continue
    const setter = { set(this: Date, ...args: readonly unknown[]): number {
      const time = getTime(this)
      return setTime(this, toUtc(apply(setUtc, new NativeDate(time - offsetAt(time)), args)))
    } }.set
    rename(setter, old.name, old.length)
    defineProperty(prototype, `set${part}`, { value: setter, writable: true, configurable: true })
  }
  function Date(...args: readonly unknown[]): unknown {
    if (new.target === undefined) return String(new NativeDate())
    const [first] = args
    if (args.length > 1) return construct(NativeDate, [toUtc(apply(NativeDate.UTC, undefined, args))], new.target)
    if (args.length === 0 || (typeof first === 'object' && first !== null && isDate(first))) return construct(NativeDate, args, new.target)
    const value = toPrimitive(first, 'default')
    return construct(NativeDate, [typeof value === 'string' ? parse(value) : value], new.target)
  }
  rename(Date, NativeDate.name, NativeDate.length)
  defineProperty(Date, 'prototype', { value: prototype, writable: false })
  for (const name of ['now', 'UTC'] as const) define(Date, name, NativeDate[name])
  define(Date, 'parse', { parse: (text: unknown) => parse(`${text as string}`) }.parse)
  define(prototype, 'constructor', Date)
  define(globalThis, 'Date', Date)
}

const { apply, construct, defineProperty } = Reflect
const { getTime: readTime, setTime: writeTime, getTimezoneOffset } = NativeDate.prototype

function getTime(date: Date): number {
  return apply(readTime, date, [])
}

function setTime(date: Date, time: number): number {
  return apply(writeTime, date, [time])
}

function isDate(value: object): boolean {
  try {
    getTime(value as Date) // throws for anything else
    return true
  } catch {
    return false
  }
}

/** Milliseconds behind UTC, as getTimezoneOffset counts. */
function offsetAt(time: number): number {
  return apply(getTimezoneOffset, new NativeDate(time), []) * MINUTE_MS
}

/** Of a time that occurs twice the first, of one that is skipped as if nothing had changed yet. */
function toUtc(local: number): number {
  const before = offsetAt(local - DAY_MS)
  const after = offsetAt(local + DAY_MS)
  const early = local + before
  if (before === after || offsetAt(early) === before) return early
  const late = local + after
  return offsetAt(late) === after ? late : early
}

function parse(text: string): number {
  const time = NativeDate.parse(text)
  if (ZONED.test(text)) return time
  const iso = NativeDate.parse(`${text}Z`)
  const local = iso === iso ? iso : NativeDate.parse(`${text} GMT`)
  return time === local + offsetAt(local) ? toUtc(local) : time
}
