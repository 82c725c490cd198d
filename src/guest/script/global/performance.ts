/** `performance.now()` and `timeOrigin` in whole milliseconds. Read from the worker each time, so a memory reset does not turn time back. */
import type { CreateGlobals } from '../bridge.ts'
import { defineInterface } from './web-idl.ts'

const CONSTRUCTION = Symbol('construction')

export const createPerformanceGlobals: CreateGlobals = (bridge) => {
  class Performance {
    constructor(token?: unknown) {
      if (token !== CONSTRUCTION) throw new TypeError('Illegal constructor')
    }
    get timeOrigin(): number {
      return Number(bridge.call('performance.timeOrigin'))
    }
    now(): number {
      return Number(bridge.call('performance.now'))
    }
    toJSON(): { timeOrigin: number } {
      return { timeOrigin: this.timeOrigin }
    }
  }
  defineInterface(Performance, 'Performance')
  return { Performance, performance: new Performance(CONSTRUCTION) }
}
