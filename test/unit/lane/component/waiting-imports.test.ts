import { expect, test } from 'vitest'
import { findWaits } from '../../../../src/lane/component/waiting-imports.ts'

const instances = (...names: readonly string[]) => names.map((name) => ({ kind: 'instance' as const, name }))

const BLOCK = '[method]pollable.block'
const WRITE = '[method]output-stream.blocking-write-and-flush'

test.each([
  ['a standard library that could poll', ['wasi:io/poll@0.2.3', 'wasi:io/streams@0.2.3', 'wasi:cli/stdout@0.2.3'], [], [BLOCK, WRITE], [], false],
  ['a clock that is polled', ['wasi:io/poll@0.2.3', 'wasi:clocks/monotonic-clock@0.2.3'], [], [BLOCK, 'subscribe-duration'], [`wasi:io/poll#${BLOCK}`], false],
  [
    'requests', ['wasi:io/poll@0.2.3', 'wasi:io/streams@0.2.3', 'wasi:http/outgoing-handler@0.2.3'], [], [BLOCK, WRITE, 'handle'],
    [`wasi:io/poll#${BLOCK}`, `wasi:io/streams#${WRITE}`], true,
  ],
  ['a command', ['wasi:io/streams@0.2.3'], ['wasi:cli/run@0.2.3'], [WRITE], [`wasi:io/streams#${WRITE}`], false],
  ['a server', ['wasi:io/streams@0.2.3'], ['wasi:http/incoming-handler@0.2.3'], [WRITE], [`wasi:io/streams#${WRITE}`], false],
  ['storage', ['wasi:keyvalue/store@0.2.0-draft'], [], ['open', '[method]bucket.get'], ['wasi:keyvalue/store#open', 'wasi:keyvalue/store#[method]bucket.get'], true],
  ["the host's own", ['glovebox:host/storage@0.1.0'], [], ['get'], ['glovebox:host/storage#get'], true],
  [
    'files that the user picks, and what they do', ['glovebox:host/files@0.1.0'], [], ['pick', '[method]picked-file.read'],
    ['glovebox:host/files#pick', 'glovebox:host/files#[method]picked-file.read'], true,
  ],
  [
    'devices, and what they do', ['glovebox:host/serial@0.1.0'], [], ['open', '[method]port.write'],
    ['glovebox:host/serial#open', 'glovebox:host/serial#[method]port.write'], true,
  ],
  ['a log', ['glovebox:host/log@0.1.0', 'glovebox:host/types@0.1.0'], [], ['write'], [], false],
  ["the app's own", ['acme:app/notes@1.2.0', 'acme:app/types@1.2.0'], [], ['get-notes'], ['acme:app/notes#get-notes'], true],
  ["types of the app's", ['acme:app/types@1.2.0'], [], [], [], false],
  ['nothing', [], [], [], [], false],
] as const)('%s', (_name, imports, exports, used, waiting, isEssential) => {
  expect(findWaits({ imports: instances(...imports), exports: instances(...exports) }, new Set(used))).toMatchObject({ imports: waiting, isEssential })
})

test('all exported functions may be on the stack, but constructors give no promise', () => {
  const exports = [
    { kind: 'function' as const, name: 'add' }, { kind: 'instance' as const, name: 'a:b/c@1.0.0', functions: ['[constructor]x', '[method]x.next', 'add'] },
  ]

  expect(findWaits({ imports: [], exports }, new Set()).exports).toEqual(['add', '[method]x.next'])
})
