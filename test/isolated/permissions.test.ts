/** The permission matrix of what waits in a cross-origin isolated page without JSPI. */
import { beforeAll } from 'vitest'
import { ROWS } from '../conformance/permission-rows.ts'
import { describePermissions } from '../conformance/permissions.ts'

beforeAll(() => {
  Reflect.deleteProperty(WebAssembly, 'Suspending')
  Reflect.deleteProperty(WebAssembly, 'promising')
})

describePermissions(ROWS, ['component', 'core'])
