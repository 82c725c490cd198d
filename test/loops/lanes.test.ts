/** Guest code that never ends, in every lane. */
import { describeLoops } from '../conformance/lanes.ts'

describeLoops()
