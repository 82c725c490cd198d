/** PerformanceEntry, PerformanceMark and PerformanceMeasure. https://w3c.github.io/user-timing/ */
import type { Bridge } from '../bridge.ts'
import { createSlot } from './slot.ts'
import { clone } from './structured-clone.ts'
import { defineInterface, perBridge, requireArguments, toDictionary, toDomString } from './web-idl.ts'

export interface Entry {
  readonly name: string
  readonly entryType: string
  readonly startTime: number
  readonly duration: number
}

export interface EntryClasses {
  readonly PerformanceEntry: Function
  readonly PerformanceMark: new (name: unknown, options?: unknown) => object
  readonly PerformanceMeasure: Function
  createMeasure(name: string, startTime: number, duration: number, detail: unknown): object
}

const CONSTRUCTION = Symbol('construction')

const entries = createSlot<Entry>()
const details = createSlot<unknown>()

export function entryOf(entry: object): Entry {
  const found = entries.get(entry)
  if (found === undefined) throw new TypeError('A PerformanceEntry is required')
  return found
}

function detailOf(entry: object): unknown {
  if (!details.has(entry)) throw new TypeError('A PerformanceMark or PerformanceMeasure is required')
  return details.get(entry)
}

export const entryClassesOf: (bridge: Bridge) => EntryClasses = perBridge((bridge) => {
  class PerformanceEntry {
    constructor(token: unknown = undefined, entry: Entry | undefined = undefined) {
      if (token !== CONSTRUCTION || entry === undefined) throw new TypeError('Illegal constructor')
      entries.set(this, entry)
    }
    get name(): string {
      return entryOf(this).name
    }
    get entryType(): string {
      return entryOf(this).entryType
    }
    get startTime(): number {
      return entryOf(this).startTime
    }
    get duration(): number {
      return entryOf(this).duration
    }
    toJSON(): object {
      return { ...entryOf(this), ...(details.has(this) ? { detail: detailOf(this) } : undefined) }
    }
  }

  class PerformanceMark extends PerformanceEntry {
    constructor(name: unknown, options: unknown = undefined) {
      requireArguments(arguments.length, 1, 'PerformanceMark')
      const text = toDomString(name)
      const { detail, startTime } = toDictionary(options, 'PerformanceMark')
      const time = startTime === undefined ? Number(bridge.call('performance.now')) : toTime(startTime)
      if (time < 0) throw new TypeError('PerformanceMark: startTime must not be negative')
      super(CONSTRUCTION, { name: text, entryType: 'mark', startTime: time, duration: 0 })
      details.set(this, detail === undefined || detail === null ? null : clone(detail).data)
    }
    get detail(): unknown {
      return detailOf(this)
    }
  }

  class PerformanceMeasure extends PerformanceEntry {
    constructor(token: unknown = undefined, entry: Entry | undefined = undefined, detail: unknown = undefined) {
      super(token, entry)
      details.set(this, detail === undefined || detail === null ? null : clone(detail).data)
    }
    get detail(): unknown {
      return detailOf(this)
    }
  }
  return {
    PerformanceEntry: defineInterface(PerformanceEntry, 'PerformanceEntry'),
    PerformanceMark: defineInterface(PerformanceMark, 'PerformanceMark'),
    PerformanceMeasure: defineInterface(PerformanceMeasure, 'PerformanceMeasure'),
    createMeasure: (name, startTime, duration, detail) => {
      return new PerformanceMeasure(CONSTRUCTION, { name, entryType: 'measure', startTime, duration }, detail)
    },
  }
})

/** WebIDL double. */
export function toTime(value: unknown): number {
  const time = Number(value)
  if (!Number.isFinite(time)) throw new TypeError('A time must be a finite number')
  return time
}
