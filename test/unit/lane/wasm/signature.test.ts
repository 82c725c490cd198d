import { describe, expect, it } from 'vitest'
import { prepareCore } from '../../../../src/lane/wasm/prepare-core.ts'
import { readSignature } from '../../../../src/lane/wasm/signature.ts'
import { decodeSignature, encodeSignature, showType, SIGNATURE_SECTION } from '../../../../src/wire/core-signature.ts'
import { compileWat } from '../wasm-tools.ts'

const CAPS = { memoryPages: 16, tableEntries: 100 }

describe('the types of a core module', () => {
  it('are those of its imports and exported functions', async () => {
    const signature = readSignature(await compileWat(`(module
      (type $many (func (param i32 i64 f32 f64 v128 externref funcref) (result i64 i32)))
      (import "a" "f" (func (type $many)))
      (import "a" "m" (memory 1 4))
      (import "b" "t" (table 1 funcref))
      (import "b" "g" (global (mut i64)))
      (import "b" "last" (func $last (param f32)))
      (func $own (export "own") (result f64) (f64.const 0))
      (export "again" (func $own))
      (export "last" (func $last))
      (global (export "not a function") i32 (i32.const 0)))`))

    expect(signature.imports).toEqual([
      { module: 'a', name: 'f', is: { kind: 'function', type: 'iIfFvrr>Ii' } },
      { module: 'a', name: 'm', is: { kind: 'memory', minimum: 1, maximum: 4 } },
      { module: 'b', name: 't', is: { kind: 'table' } },
      { module: 'b', name: 'g', is: { kind: 'global' } },
      { module: 'b', name: 'last', is: { kind: 'function', type: 'f>' } },
    ])
    expect(signature.functions).toEqual(new Map([['own', '>F'], ['again', '>F'], ['last', 'f>']]))
    expect(decodeSignature(encodeSignature(signature))).toEqual(signature)
  })

  it('are written into the prepared module, whatever sections it brought along', async () => {
    const forged = '(@custom "glovebox:signature" "{\\"types\\":[],\\"imports\\":[],\\"functions\\":[]}")'
    const module = await WebAssembly.compile(prepareCore(await compileWat(`(module ${forged} (func (export "f") (param i32)))`), CAPS))

    const sections = WebAssembly.Module.customSections(module, SIGNATURE_SECTION)
    expect(sections).toHaveLength(1)
    expect(decodeSignature(new TextDecoder().decode(sections[0])).functions).toEqual(new Map([['f', 'i>']]))
  })

  it('count in groups of types, too', async () => {
    const signature = readSignature(await compileWat('(module (rec (type $a (func (param i32))) (type $b (func (param f64)))) (type $c (func)) (func (export "b") (type $b)) (func (export "c") (type $c)))'))

    expect(signature.functions).toEqual(new Map([['b', 'F>'], ['c', '>']]))
  })

  it.each([['>', '() -> ()'], ['iI>f', '(i32, i64) -> f32'], ['vr>iF', '(v128, a reference) -> (i32, f64)']])('are shown to people: %s', (type, shown) => {
    expect(showType(type)).toBe(shown)
  })
})
