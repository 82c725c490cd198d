/** Worker entry of the core lane: wiring only. */
import { bootstrap, type WorkerScope } from './bootstrap.ts'
import { createCoreMethods } from './core-methods.ts'

bootstrap(globalThis as unknown as WorkerScope, createCoreMethods) // a classic worker's global scope has onmessage
