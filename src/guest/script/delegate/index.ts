/** Everything the worker does for the guest's globals. One more delegate is one more file and one more line here. */
import type { Delegate } from '../bridge.ts'
import { base64Delegate } from './base64.ts'
import { compressionDelegate } from './compression.ts'
import { consoleDelegate } from './console.ts'
import { cryptoDelegate } from './crypto.ts'
import { encodingDelegate } from './encoding.ts'
import { fileDelegate } from './file.ts'
import { intlDelegate } from './intl.ts'
import { performanceDelegate } from './performance.ts'
import { subtleDelegate } from './subtle.ts'
import { taskDelegate } from './task.ts'
import { timerDelegate } from './timer.ts'
import { urlDelegate } from './url.ts'

export const DELEGATES: readonly Delegate[] = [
  base64Delegate,
  compressionDelegate,
  consoleDelegate,
  cryptoDelegate,
  encodingDelegate,
  fileDelegate,
  intlDelegate,
  performanceDelegate,
  subtleDelegate,
  taskDelegate,
  timerDelegate,
  urlDelegate,
]
