/**
 * `performance`: clocks in whole milliseconds, read from the worker each time, so that a memory reset does not turn time back; marks and
 * measures. At most 10 000 entries are kept, the oldest go first: a long-lived extension that marks every call must not fill its memory.
 * No observers, no resource timing: what the host loads is not the guest's to see.
 * https://w3c.github.io/hr-time/ https://w3c.github.io/performance-timeline/ https://w3c.github.io/user-timing/
 */
import type { CreateGlobals } from '../bridge.ts'
import { DOMException } from './dom-exception.ts'
import { eventTargetsOf } from './event-target.ts'
import { entryClassesOf, entryOf, toTime } from './performance-entry.ts'
import { defineInterface, requireArguments, toDictionary, toDomString } from './web-idl.ts'

const CONSTRUCTION = Symbol('construction')
const MAX_ENTRIES = 10_000

export const createPerformanceGlobals: CreateGlobals = (bridge) => {
  const { PerformanceEntry, PerformanceMark, PerformanceMeasure, createMeasure } = entryClassesOf(bridge)
  let timeline: object[] = []
  const now = (): number => Number(bridge.call('performance.now'))
  const add = (entry: object): object => {
    if (timeline.length >= MAX_ENTRIES) timeline = timeline.slice(MAX_ENTRIES / 10) // not one by one: each would move all others
    timeline.push(entry)
    return entry
  }
  const select = (name: string | undefined, type: string | undefined): object[] => timeline
    .filter((entry) => (name === undefined || entryOf(entry).name === name) && (type === undefined || entryOf(entry).entryType === type))
    .sort((a, b) => entryOf(a).startTime - entryOf(b).startTime)
  const clear = (type: string, name: unknown): void => {
    const text = name === undefined ? undefined : toDomString(name)
    timeline = timeline.filter((entry) => entryOf(entry).entryType !== type || (text !== undefined && entryOf(entry).name !== text))
  }
  /** A mark's name or a time. */
  const timeOf = (mark: number | string): number => {
    if (typeof mark === 'number') {
      if (mark < 0) throw new TypeError('measure: a time must not be negative')
      return mark
    }
    const found = timeline.findLast((entry) => entryOf(entry).name === mark && entryOf(entry).entryType === 'mark')
    if (found === undefined) throw new DOMException(`measure: there is no mark "${mark.slice(0, 200)}"`, 'SyntaxError')
    return entryOf(found).startTime
  }

  class Performance extends eventTargetsOf(bridge).EventTarget {
    constructor(token: unknown = undefined) {
      if (token !== CONSTRUCTION) throw new TypeError('Illegal constructor')
      super()
    }
    get timeOrigin(): number {
      requirePerformance(this)
      return Number(bridge.call('performance.timeOrigin'))
    }
    now(): number {
      requirePerformance(this)
      return now()
    }
    toJSON(): { timeOrigin: number } {
      requirePerformance(this)
      return { timeOrigin: this.timeOrigin }
    }
    mark(name: unknown, options: unknown = undefined): object {
      requirePerformance(this)
      requireArguments(arguments.length, 1, 'mark')
      return add(new PerformanceMark(name, options))
    }
    measure(name: unknown, startOrOptions: unknown = undefined, endMark: unknown = undefined): object {
      requirePerformance(this)
      requireArguments(arguments.length, 1, 'measure')
      const text = toDomString(name)
      const { start, end, duration, detail } = toMeasureOptions(startOrOptions, endMark)
      const endTime = end !== undefined ? timeOf(end) : start !== undefined && duration !== undefined ? timeOf(start) + timeOf(duration) : now()
      const startTime = start !== undefined ? timeOf(start) : duration !== undefined ? endTime - timeOf(duration) : 0
      return add(createMeasure(text, startTime, endTime - startTime, detail))
    }
    clearMarks(name: unknown = undefined): void {
      requirePerformance(this)
      clear('mark', name)
    }
    clearMeasures(name: unknown = undefined): void {
      requirePerformance(this)
      clear('measure', name)
    }
    getEntries(): object[] {
      requirePerformance(this)
      return select(undefined, undefined)
    }
    getEntriesByType(type: unknown): object[] {
      requirePerformance(this)
      requireArguments(arguments.length, 1, 'getEntriesByType')
      return select(undefined, toDomString(type))
    }
    getEntriesByName(name: unknown, type: unknown = undefined): object[] {
      requirePerformance(this)
      requireArguments(arguments.length, 1, 'getEntriesByName')
      return select(toDomString(name), type === undefined ? undefined : toDomString(type))
    }
  }
  const requirePerformance = (value: unknown): void => {
    if (value !== performance) throw new TypeError('Performance is required')
  }
  defineInterface(Performance, 'Performance')
  const performance = new Performance(CONSTRUCTION)
  return { Performance, PerformanceEntry, PerformanceMark, PerformanceMeasure, performance }
}

interface MeasureOptions {
  readonly start: number | string | undefined
  readonly end: number | string | undefined
  readonly duration: number | undefined
  readonly detail: unknown
}

function toMeasureOptions(startOrOptions: unknown, endMark: unknown): MeasureOptions {
  const endText = endMark === undefined ? undefined : toDomString(endMark)
  const isDictionary = (typeof startOrOptions === 'object' && startOrOptions !== null) || typeof startOrOptions === 'function'
  if (!isDictionary) {
    const start = startOrOptions === undefined || startOrOptions === null ? undefined : toDomString(startOrOptions)
    return { start, end: endText, duration: undefined, detail: undefined }
  }
  const given = toDictionary(startOrOptions, 'measure')
  const { detail } = given
  const duration = given['duration'] === undefined ? undefined : toTime(given['duration'])
  const end = toMark(given['end'])
  const start = toMark(given['start'])
  const isEmpty = detail === undefined && duration === undefined && end === undefined && start === undefined
  if (!isEmpty) {
    if (endText !== undefined) throw new TypeError('measure: options and an end mark exclude each other')
    if (start === undefined && end === undefined) throw new TypeError('measure: options need start or end')
    if (start !== undefined && end !== undefined && duration !== undefined) throw new TypeError('measure: start, end and duration are one too many')
  }
  return { start, end: end ?? endText, duration, detail }
}

/** WebIDL (DOMString or double). */
function toMark(value: unknown): number | string | undefined {
  return value === undefined ? undefined : typeof value === 'number' ? toTime(value) : toDomString(value)
}
