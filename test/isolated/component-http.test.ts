/** In a cross-origin isolated page without JSPI. */
import { beforeAll } from 'vitest'
import { describeHttp } from '../conformance/component-http.ts'

beforeAll(() => {
  Reflect.deleteProperty(WebAssembly, 'Suspending')
  Reflect.deleteProperty(WebAssembly, 'promising')
})

describeHttp()
