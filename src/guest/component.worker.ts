/** Worker entry of the component lane: wiring only. The glue of the one component that it runs stands behind this text. */
import { bootstrapLocked, type WorkerScope } from './bootstrap.ts'
import { createComponentMethods } from './component-methods.ts'
import { receiveGlue } from './component/glue.ts'

const scope = globalThis as unknown as WorkerScope // a classic worker's global scope has onmessage
bootstrapLocked(scope, (modules, session, lent) => createComponentMethods(modules, session, lent, glue))
const glue = receiveGlue(globalThis)
