/** The component transpiler in Node: its core modules lie beside this file in the built package. */
import { readFile } from 'node:fs/promises'
import { openTranspiler, type Transpiler } from '../lane/component/transpiler.ts'

/** A fresh one, since an error leaves it unusable; compiling its 3.5 MB takes about as long as one use. */
export async function loadTranspiler(): Promise<Transpiler> {
  const urls = [new URL('./transpiler.core.wasm', import.meta.url), new URL('./transpiler.core2.wasm', import.meta.url)]
  return openTranspiler(await Promise.all(urls.map(async (url) => WebAssembly.compile(await readFile(url)))))
}
