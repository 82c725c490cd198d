/** In a cross-origin isolated page without JSPI. */
import { beforeAll } from 'vitest'
import { describePlatform } from '../conformance/component-platform.ts'

beforeAll(() => {
  Reflect.deleteProperty(WebAssembly, 'Suspending')
  Reflect.deleteProperty(WebAssembly, 'promising')
})

describePlatform()
