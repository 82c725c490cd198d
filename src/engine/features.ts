/** What this browser can do, asked of the browser itself: names and versions of engines decide nothing. */

export interface EngineFeatures {
  readonly wasm: boolean
  /** JavaScript Promise Integration: a WebAssembly guest can be suspended while an import waits. */
  readonly jspi: boolean
  /** The page is cross-origin isolated and has shared memory: a worker can block until an answer is there. */
  readonly sharedMemory: boolean
}

export function probeFeatures(scope: object): EngineFeatures {
  const wasm: unknown = Reflect.get(scope, 'WebAssembly')
  const hasWasm = typeof wasm === 'object' && wasm !== null
  return {
    wasm: hasWasm,
    jspi: hasWasm && typeof Reflect.get(wasm, 'Suspending') === 'function' && typeof Reflect.get(wasm, 'promising') === 'function',
    sharedMemory: Reflect.get(scope, 'crossOriginIsolated') === true && typeof Reflect.get(scope, 'SharedArrayBuffer') === 'function',
  }
}
