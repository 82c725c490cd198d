/** Worker entry of the script lane: wiring only. */
import { bootstrap, type WorkerScope } from './bootstrap.ts'
import { createScriptMethods } from './script-methods.ts'

bootstrap(globalThis as unknown as WorkerScope, createScriptMethods) // a classic worker's global scope has onmessage
