/**
 * The permission matrix of what waits in a cross-origin isolated page without JSPI: there each answer of the broker, and each end of a use that
 * lasts, comes by shared memory. Scripts and what needs no waiting take the same way as in every page, which test/browser/ tries.
 */
import { beforeAll } from 'vitest'
import { ROWS } from '../conformance/permission-rows.ts'
import { describePermissions } from '../conformance/permissions.ts'

beforeAll(() => {
  Reflect.deleteProperty(WebAssembly, 'Suspending')
  Reflect.deleteProperty(WebAssembly, 'promising')
})

describePermissions(ROWS, (lane, guest) => lane !== 'script' && !guest.needsNoWaiting)
