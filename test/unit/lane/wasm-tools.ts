/** Text format → binary, and the transpiler, for tests. */
import { readFile } from 'node:fs/promises'
import { parse } from '@bytecodealliance/jco-transpile/wasm-tools'
import { transpilerModules } from '../../../src/build/transpiler-plugin.ts'
import { openTranspiler, type Transpiler } from '../../../src/lane/component/transpiler.ts'

export async function compileWat(text: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await parse(text))
}

/** A file of test/fixtures/wat/. */
export async function compileFixture(name: string): Promise<Uint8Array<ArrayBuffer>> {
  return compileWat(await readFile(new URL(`../../fixtures/wat/${name}.wat`, import.meta.url), 'utf8'))
}

const compiled = Promise.all(transpilerModules().map(async (file) => WebAssembly.compile(await readFile(file))))

export async function createTestTranspiler(): Promise<Transpiler> {
  return openTranspiler(await compiled)
}
