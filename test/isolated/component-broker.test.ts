/** In a cross-origin isolated page without JSPI. */
import { beforeAll } from 'vitest'
import { describeBroker } from '../conformance/component-broker.ts'

beforeAll(() => {
  Reflect.deleteProperty(WebAssembly, 'Suspending')
  Reflect.deleteProperty(WebAssembly, 'promising')
})

describeBroker()
