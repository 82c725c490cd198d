/** The files of the WebAssembly lanes beside the library, loaded with the first extension that needs them. Named as bundlers follow them. */
import { once, type Assets } from './assets.ts'
import type { Program } from '../frame/program.ts'

export type WasmLane = 'component' | 'core'

export interface WasmAssets {
  /** Text of the worker that serves the lane's guests; a component's glue is appended to it. @throws {LaneError} asset-missing */
  worker(lane: WasmLane): Promise<string>
  /** The preparer: with the transpiler for components, without it for core modules. @throws {LaneError} asset-missing */
  preparer(lane: WasmLane): Promise<Program>
}

export function createWasmAssets({ base, text, bytes }: Assets): WasmAssets {
  const componentUrl = base ? new URL('component.worker.js', base) : new URL('./component.worker.js', import.meta.url)
  const coreUrl = base ? new URL('core.worker.js', base) : new URL('./core.worker.js', import.meta.url)
  const preparerUrl = base ? new URL('prepare.worker.js', base) : new URL('./prepare.worker.js', import.meta.url)
  const transpilerUrls = [
    base ? new URL('transpiler.core.wasm', base) : new URL('./transpiler.core.wasm', import.meta.url),
    base ? new URL('transpiler.core2.wasm', base) : new URL('./transpiler.core2.wasm', import.meta.url),
  ]
  const workers = { component: once(() => text(componentUrl)), core: once(() => text(coreUrl)) }
  const source = once(() => text(preparerUrl))
  const preparer = async (urls: readonly URL[]): Promise<Program> => {
    const [script, modules] = await Promise.all([source(), Promise.all(urls.map(bytes))])
    return { source: script, modules, start: 'blob', lendsCrypto: false, blocks: false }
  }
  const preparers = { component: once(() => preparer(transpilerUrls)), core: once(() => preparer([])) }
  return { worker: (lane) => workers[lane](), preparer: (lane) => preparers[lane]() }
}
