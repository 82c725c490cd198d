/** Everything the worker does for the guest's globals. One more delegate is one more file and one more line here. */
import type { Delegate } from '../bridge.ts'
import { consoleDelegate } from './console.ts'
import { performanceDelegate } from './performance.ts'
import { timerDelegate } from './timer.ts'

export const DELEGATES: readonly Delegate[] = [consoleDelegate, performanceDelegate, timerDelegate]
