/** In a cross-origin isolated page without JSPI. */
import { beforeAll } from 'vitest'
import { describeSecrets, vaultComponent } from '../conformance/secrets.ts'

beforeAll(() => {
  Reflect.deleteProperty(WebAssembly, 'Suspending')
  Reflect.deleteProperty(WebAssembly, 'promising')
})

describeSecrets('a component', vaultComponent)
