/** Where nothing but JSPI can make a component wait. */
import { describeLinks } from '../conformance/component-links.ts'

describeLinks('Suspending' in WebAssembly)
