/** A page without JSPI that is cross-origin isolated: workers of components block on memory that they share with their frame. */
import { beforeAll, expect, test } from 'vitest'
import { openBox } from '../browser/box-harness.ts'
import { describeWaiting } from '../conformance/waiting.ts'

beforeAll(() => {
  // As in an engine that has none. Before any box is opened: it is asked for then.
  Reflect.deleteProperty(WebAssembly, 'Suspending')
  Reflect.deleteProperty(WebAssembly, 'promising')
})

test('the report says how imports wait', async () => {
  const { component } = (await openBox()).report().lanes

  expect(globalThis.crossOriginIsolated).toBe(true)
  expect(component.waiting).toBe('shared-buffer')
})

describeWaiting()
