/**
 * The engine's wasm with the memory of a booted prelude in it: its data segments are that memory, and a custom section says where things
 * are. Made by the build (src/build/image.ts) from the very bytes that it is part of, so it cannot meet another engine; that it meets the
 * worker it was made with is checked here, since the numbers of the ops are in it.
 */
import { OP_NAMES } from './delegates.ts'
import type { EngineRoots, Value } from './engine.ts'

export const IMAGE_SECTION = 'glovebox.image'
/** Followed by the name of a library: its script's text, read only when the guest first needs it. */
export const LIBRARY_SECTION = 'glovebox.library.'

export interface ImageInfo {
  readonly pages: number
  readonly roots: EngineRoots
  /** The prelude's one function. */
  readonly dispatch: Value
  readonly ops: readonly string[]
}

/** @throws {Error} when the module holds no image, or one that another version of the worker made */
export function readImage(engine: WebAssembly.Module): ImageInfo {
  const [section] = WebAssembly.Module.customSections(engine, IMAGE_SECTION)
  if (section === undefined) throw new Error('quickjs.wasm holds no image of the prelude: it is not the one of this library.')
  const info = JSON.parse(new TextDecoder().decode(section)) as ImageInfo // the build's own text, from the host's own server
  if (info.ops.join() !== OP_NAMES.join()) throw new Error('quickjs.wasm and script.worker.js are of different versions.')
  return info
}

/** Text of a script whose completion value is the library; null when there is none of that name. */
export function readLibrary(engine: WebAssembly.Module, name: string): string | null {
  const [section] = WebAssembly.Module.customSections(engine, LIBRARY_SECTION + name)
  return section === undefined ? null : new TextDecoder().decode(section)
}
