/** With JSPI; without it such a component is refused (waiting.test.ts), unless the page is isolated (test/isolated/). */
import { describe } from 'vitest'
import { describePlatform } from '../conformance/component-platform.ts'

describe.skipIf(typeof Reflect.get(WebAssembly, 'Suspending') !== 'function')('with JSPI', describePlatform)
