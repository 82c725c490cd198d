/** A page without JSPI that is cross-origin isolated: workers of plug-ins block on memory that they share with their frame. */
import { beforeAll } from 'vitest'
import { describePlugins } from '../conformance/plugins.ts'

beforeAll(() => {
  // As in an engine that has none. Before any box is opened: it is asked for then.
  Reflect.deleteProperty(WebAssembly, 'Suspending')
  Reflect.deleteProperty(WebAssembly, 'promising')
})

describePlugins(true)
