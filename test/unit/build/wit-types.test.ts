import { readFile, readdir } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { generateAll, witToTypes } from '../../../src/build/wit-types.mjs'

const GENERATED = new URL('../../../src/generated/', import.meta.url)
const print = (body: string): string => witToTypes(`package a:b;\ninterface x {\n${body}\n}\n`, 'x.wit') ?? ''

it('src/generated is what wit/ gives: run `npm run generate` after a change', async () => {
  const made = await generateAll()
  expect(await readdir(GENERATED)).toEqual([...made.keys()])
  for (const [file, text] of made) expect(await readFile(new URL(file, GENERATED), 'utf8'), file).toBe(text)
})

describe('types', () => {
  it.each([
    ['u32', 'number'],
    ['u64', 'bigint'],
    ['bool', 'boolean'],
    ['string', 'string'],
    ['list<u8>', 'Uint8Array'],
    ['list<string>', 'readonly string[]'],
    ['option<u32>', 'number | undefined'],
    ['list<option<u32>>', 'readonly (number | undefined)[]'],
    ['tuple<u32, string>', 'readonly [number, string]'],
    ['result<u32, some-error>', 'Result<number, SomeError>'],
    ['result<_, string>', 'Result<undefined, string>'],
    ['result', 'Result<undefined, undefined>'],
    ['%list', 'List'],
    ['two-words', 'TwoWords'],
  ])('%s is %s', (wit, type) => expect(print(`type t = ${wit};`)).toContain(`export type T = ${type}\n`))

  it('are records, enums and variants with their docs', () => {
    expect(print('/// A pair.\nrecord pair { first-one: u32, /// Other.\n second: string, }')).toContain(
      '/** A pair. */\nexport interface Pair {\n  readonly firstOne: number\n  /** Other. */\n  readonly second: string\n}',
    )
    expect(print('enum e { a-b, c }')).toContain("export type E =\n  | 'a-b'\n  | 'c'\n")
    expect(print('variant v { none, some(u32) }')).toContain("  | { readonly tag: 'none' }\n  | { readonly tag: 'some'; readonly val: number }\n")
  })

  it('are functions with names and imports', () => {
    expect(print('use types.{call-error};\ndo-it: func(one-arg: u32) -> result<bool, call-error>;\nsay: func(text: string);')).toMatch(
      /import type \{ CallError \} from '\.\/types\.ts'[^]*doIt\(oneArg: number\): Result<boolean, CallError>[^]*say\(text: string\): void/,
    )
  })
})

it.each([
  ['a resource', 'resource r;'],
  ['flags', 'flags f { a }'],
  ['a static function', 'f: static func();'],
  ['a nested interface', 'interface y {}'],
  ['an upper-case name', 'type T = u32;'],
  ['an unknown generic', 'type t = map<u32, u32>;'],
  ['a missing semicolon', 'type t = u32'],
  ['half a record', 'record r {'],
  ['a string', 'type t = "x";'],
])('refuses %s with file and line', (_, body) => expect(() => print(body)).toThrow(/^x\.wit:\d+: /))

it('a resource is an interface of its methods', () => {
  const text = print('resource listener {\n  /// Waits.\n  next: func() -> option<u32>;\n}\nlisten: func() -> listener;')

  expect(text).toContain('export interface Listener {\n  /** Waits. */\n  next(): number | undefined\n}')
  expect(text).toContain('listen(): Listener')
})
