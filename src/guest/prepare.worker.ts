/** Worker entry of the preparer: wiring only. */
import { bootstrap, type WorkerScope } from './bootstrap.ts'
import { createPrepareMethods } from './prepare-methods.ts'

bootstrap(globalThis as unknown as WorkerScope, createPrepareMethods) // a classic worker's global scope has onmessage
