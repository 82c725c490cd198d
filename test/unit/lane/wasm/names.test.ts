import { describe, expect, test } from 'vitest'
import { readComponent } from '../../../../src/lane/wasm/component.ts'
import { safeName } from '../../../../src/lane/wasm/names.ts'
import { prepareCore } from '../../../../src/lane/wasm/prepare-core.ts'
import { bytesOf, COMPONENT_HEADER, section, text } from '../binary.ts'
import { compileWat } from '../wasm-tools.ts'

/** Every way out of a string, a comment, a template or a line that a name could take. */
const INJECTIONS = ["'];globalThis.x=1;//", '"+alert(1)+"', '`', '${x}', 'a\nb', '*/x/*', '\\', '\u2028', '\0', '<!--', 'a\u0301', '__proto__'] as const

const quote = (name: string): string => `"${[...new TextEncoder().encode(name)].map((byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('')}"`

/** Places that the text format has; `%` is the name. */
const PLACES: readonly (readonly [string, string])[] = [
  ['the export of a core module', '(component (core module (func (export %))))'],
  ['the module of a core import', '(component (core module (import % "f" (func))))'],
  ['the field of a core import', '(component (core module (import "m" % (func))))'],
  ['an export of a core instance made inline', '(component (core module $m (func (export "f"))) (core instance $i (instantiate $m)) (core instance (export % (func $i "f"))))'],
  ['an argument of a core instance', '(component (core module $m) (core instance $e) (core instance (instantiate $m (with % (instance $e)))))'],
  ['an alias of a core export', '(component (core module $m) (core instance $i (instantiate $m)) (alias core export $i % (core func)))'],
  ['the import of a core module type', '(component (core type (module (import % "f" (func)))))'],
  ['the export of a core module type', '(component (core type (module (export % (func)))))'],
  ['the import of a component', '(component (import % (func)))'],
  ['an import by address', '(component (import "url=<%>" (func)))'],
  ['the export of an instance type', '(component (type (instance (export % (func)))))'],
  ['the import of a component type', '(component (type (component (import % (func)))))'],
  ['an alias of an export', '(component (import "a" (instance $a)) (alias export $a % (func)))'],
  ['an argument of an instance', '(component (component $c) (import "a" (func $f)) (instance (instantiate $c (with % (func $f)))))'],
  ['an export of an instance made inline', '(component (import "a" (func $f)) (instance (export % (func $f))))'],
  ['the export of a component', '(component (import "a" (func $f)) (export % (func $f)))'],
  ['a field of a record', '(component (type (record (field % u8))))'],
  ['a case of a variant', '(component (type (variant (case % u8))))'],
  ['a flag', '(component (type (flags %)))'],
  ['a case of an enum', '(component (type (enum %)))'],
  ['a parameter', '(component (type (func (param % u8))))'],
  ['a name in a nested component', '(component (component (component (core module (func (export %))))))'],
  ['a name in a nested type', '(component (type (instance (type (instance (export % (func)))) (export "a" (func)))))'],
]

describe.each(PLACES)('%s', (_place, wat) => {
  test.each(INJECTIONS)('cannot be %j', async (name) => {
    const inner = quote(name).slice(1, -1)
    const bytes = await compileWat(wat.replace(/"?%|%/, (found) => (found.startsWith('"') ? `"${inner}` : quote(name))).replace('%', inner))
      .catch(() => undefined)
    // Some places are checked by the tool that makes the binary: those bytes are built by hand below.
    if (bytes !== undefined) expect(() => readComponent(bytes)).toThrow(expect.objectContaining({ code: 'unsafe-name' }))
  })
})

test.each(INJECTIONS)('the binary of a component cannot import or export %j', (name) => {
  const importing = bytesOf(COMPONENT_HEADER, section(10, bytesOf(1, 0, text(name), 1, 0)))
  const exporting = bytesOf(COMPONENT_HEADER, section(11, bytesOf(1, 0, text(name), 1, 0, 0)))
  const labelled = bytesOf(COMPONENT_HEADER, section(7, bytesOf(1, 0x72, 1, text(name), 0x7f)))

  for (const bytes of [importing, exporting, labelled]) expect(() => readComponent(bytes)).toThrow(expect.objectContaining({ code: 'unsafe-name' }))
})

test.each(INJECTIONS)('a module of the core lane cannot export %j', async (name) => {
  const bytes = await compileWat(`(module (func (export ${quote(name)})))`)

  expect(() => prepareCore(bytes, { memoryPages: 1, tableEntries: 1 })).toThrow(expect.objectContaining({ code: 'unsafe-name' }))
})

test.each([
  '', 'add', '[method]output-stream.write', 'wasi:io/streams@0.2.3', 'cm32p2|acme:a/b@1.2.0|f-g', '[export]wasi:cli/run@0.3.0-rc-2025', '$root', '0',
  '_ZN4core3ops8function6FnOnce9call_once17h0123456789abcdefE', '_ZNSt3__212basic_stringIcNS_11char_traitsIcEEE', 'GOT.mem', '#func12<lib>',
  '[async-lower][stream-new-0]read', 'cabi_post_acme:weather/api@1.2.0#forecast', '~lib/rt/__new', 'std::io::stdio::_print', 'a+b (c)',
])('%j of a real toolchain passes', (name) => {
  expect(safeName(new TextEncoder().encode(name))).toBe(name)
})

test('names that nobody prints do not matter: they are left out of the binary', async () => {
  const bytes = await compileWat(`(component (core module (func $f (export "f"))))`)
  const hostile = bytesOf(bytes, section(0, bytesOf(text("'];x//"), 1, 2, 3)))

  expect(readComponent(hostile).bytes.length).toBeLessThan(hostile.length)
  expect(new TextDecoder().decode(readComponent(hostile).bytes)).not.toContain('];x')
})
