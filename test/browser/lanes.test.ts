/** The same expectations of every lane. */
import { describeLanes } from '../conformance/lanes.ts'

describeLanes()
