/** A page that is not isolated: components wait by JSPI, or are refused where the engine has none. */
import { describe, expect, test } from 'vitest'
import { failure, openBox } from './box-harness.ts'
import { describeWaiting, installWaiter } from '../conformance/waiting.ts'

const hasJspi = typeof Reflect.get(WebAssembly, 'Suspending') === 'function'

describe.skipIf(!hasJspi)('with JSPI', () => {
  test('the report says so', async () => {
    expect((await openBox()).report().lanes.component.waiting).toBe('jspi')
  })

  describeWaiting()
})

test.skipIf(hasJspi)('without JSPI and isolation a component that has to wait is refused when it is installed, with the reason', async () => {
  const error = await failure(installWaiter())

  expect(error).toMatchObject({ name: 'LaneError', code: 'not-supported' })
  expect(error.message).toMatch(/glovebox:host\/storage.*no JSPI.*not cross-origin isolated/)
})
