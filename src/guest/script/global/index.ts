/** The guest's globals, in the order in which they are installed. One more global is one more file and one more line here. */
import type { CreateGlobals } from '../bridge.ts'
import { createConsoleGlobals } from './console.ts'
import { createPerformanceGlobals } from './performance.ts'
import { createTimersGlobals } from './timers.ts'

export const GLOBALS: readonly CreateGlobals[] = [createConsoleGlobals, createPerformanceGlobals, createTimersGlobals]
