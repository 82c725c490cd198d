/** In a cross-origin isolated page without JSPI. */
import { beforeAll } from 'vitest'
import { describeLinks } from '../conformance/component-links.ts'

beforeAll(() => {
  Reflect.deleteProperty(WebAssembly, 'Suspending')
  Reflect.deleteProperty(WebAssembly, 'promising')
})

describeLinks(true)
