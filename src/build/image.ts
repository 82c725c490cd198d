/**
 * Boots the engine with its prelude once, at build time, and makes the memory that results part of the engine's wasm: an instance of it
 * starts where booting ends. Everything that a boot would do is done here, so nothing of it may depend on the place or the time.
 */
import { Engine } from '../guest/script/engine.ts'
import { CORE_OPS, type PreludeConfig } from '../guest/script/crossing.ts'
import { OP_NAMES } from '../guest/script/delegates.ts'
import { IMAGE_SECTION, LIBRARY_SECTION, type ImageInfo } from '../guest/script/image.ts'
import { IMPORT_SCRIPT } from '../guest/script/modules.ts'
import { findStripFlags, withoutSource } from '../guest/script/runtime-words.ts'
import { bundleForGuest } from './guest-bundle.ts'
import { embedMemory, exportTable } from './wasm-image.ts'
import { lowerMemoryMinimum } from './wasm-memory.ts'

/**
 * What the engine and its prelude fit into. With fewer the memory grows while the image is made, by a fifth each time, and every instance has
 * that much more; the test of the image says when this is no longer enough.
 */
export const ENGINE_PAGES = 124
const MEMORY_MIB = 64
const PAGE_BYTES = 65_536

/**
 * @param wasm  the engine as its package has it
 * @param prelude  script whose completion value is the function `prelude` of src/guest/script/prelude/main.ts
 * @throws {Error} when the prelude throws, or asks the worker for anything while it is set up
 */
export async function bakeImage(wasm: Uint8Array, prelude: string): Promise<Uint8Array<ArrayBuffer>> {
  const base = exportTable(lowerMemoryMinimum(wasm, ENGINE_PAGES), 'table')
  const asked: string[] = []
  const engine = await Engine.create({ module: await WebAssembly.compile(base), pages: ENGINE_PAGES, roots: undefined }, MEMORY_MIB, {
    call: (op) => void asked.push(OP_NAMES[op] ?? CORE_OPS[0]),
    isExpired: () => false,
    resolveModule: () => ({ error: 'There is no package yet' }),
    readModule: () => ({ error: 'There is no package yet' }),
    localOffset: () => 0,
    now: () => 0, // the same bytes at every build
    memoryRefused: () => {},
  })
  const config: PreludeConfig = { ops: OP_NAMES }
  // As in browsers, `String(fetch)` shows no code; and the texts of nested functions, each kept whole, would be half of the image.
  const flags = findStripFlags(engine.memory, engine.roots.runtime)
  const main = withoutSource(engine.memory, flags, () => engine.evaluate(prelude, 'glovebox:prelude'))
  const importModule = engine.evaluate('() => import("glovebox:entry")', IMPORT_SCRIPT)
  const host = engine.newHostFunction()
  const dispatch = engine.callWith(main, [host, importModule], JSON.stringify(config))
  for (const value of [main, importModule, host]) engine.free(value)
  if (asked.length > 0) throw new Error(`The prelude asked for ${asked.join(', ')} while it was set up: an image would keep the answer for ever.`)
  engine.zeroFreeMemory()
  const pages = engine.memory.buffer.byteLength / PAGE_BYTES
  const info: ImageInfo = { pages, roots: engine.roots, dispatch, ops: OP_NAMES }
  return embedMemory(base, new Uint8Array(engine.memory.buffer), new Map([
    [IMAGE_SECTION, JSON.stringify(info)],
    [`${LIBRARY_SECTION}url-pattern`, await bundleForGuest('urlpattern-polyfill/urlpattern', 'URLPattern')],
  ]))
}
