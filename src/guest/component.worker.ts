/** Worker entry of the component lane: wiring only. The glue of the one component that it runs stands behind this text. */
import { bootstrapLocked, type WorkerScope } from './bootstrap.ts'
import { createComponentMethods } from './component-methods.ts'
import { receiveGlue } from './component/glue.ts'

bootstrapLocked(globalThis as unknown as WorkerScope, (modules, session, lent) => createComponentMethods(modules, session, lent, glue)) // a classic worker's global scope has onmessage
const glue = receiveGlue(globalThis)
