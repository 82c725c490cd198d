/** In a cross-origin isolated page without JSPI. */
import { beforeAll } from 'vitest'
import { describeServices } from '../conformance/component-services.ts'

beforeAll(() => {
  Reflect.deleteProperty(WebAssembly, 'Suspending')
  Reflect.deleteProperty(WebAssembly, 'promising')
})

describeServices()
