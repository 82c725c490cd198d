/** The guest's globals, in the order in which they are installed. One more global is one more file and one more line here. */
import type { CreateGlobals } from '../bridge.ts'
import { createAbortGlobals } from './abort.ts'
import { createBase64Globals } from './base64.ts'
import { createBlobGlobals } from './blob.ts'
import { createCompressionGlobals } from './compression.ts'
import { createConsoleGlobals } from './console.ts'
import { createCryptoGlobals } from './crypto.ts'
import { createDomExceptionGlobals } from './dom-exception.ts'
import { createEncodingGlobals } from './encoding.ts'
import { createEventClassGlobals } from './event-classes.ts'
import { createEventGlobals } from './event-target.ts'
import { createFetchGlobals } from './fetch.ts'
import { createFileReaderGlobals } from './file-reader.ts'
import { createFormDataGlobals } from './form-data.ts'
import { createGloveboxGlobals } from './glovebox/index.ts'
import { createIntlGlobals } from './intl.ts'
import { createDateGlobals } from './locale-date.ts'
import { createMessageGlobals } from './message-port.ts'
import { createNavigatorGlobals } from './navigator.ts'
import { createPerformanceGlobals } from './performance.ts'
import { createScopeGlobals } from './scope.ts'
import { createStreamsGlobals } from './streams.ts'
import { createRegExpGlobals } from './regexp.ts'
import { createStructuredCloneGlobals } from './structured-clone.ts'
import { createTextStreamsGlobals } from './text-streams.ts'
import { createTimersGlobals } from './timers.ts'
import { createUrlGlobals } from './url.ts'
import { createUrlPatternGlobals } from './url-pattern.ts'

export const GLOBALS: readonly CreateGlobals[] = [
  createRegExpGlobals,
  createConsoleGlobals,
  createPerformanceGlobals,
  createTimersGlobals,
  createDomExceptionGlobals,
  createStructuredCloneGlobals,
  createEventGlobals,
  createEventClassGlobals,
  createScopeGlobals,
  createMessageGlobals,
  createNavigatorGlobals,
  createAbortGlobals,
  createEncodingGlobals,
  createStreamsGlobals,
  createTextStreamsGlobals,
  createCompressionGlobals,
  createBase64Globals,
  createUrlGlobals,
  createUrlPatternGlobals,
  createCryptoGlobals,
  createDateGlobals,
  createIntlGlobals,
  createBlobGlobals,
  createFileReaderGlobals,
  createFormDataGlobals,
  createFetchGlobals,
  createGloveboxGlobals,
]
