import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { KeptFiles } from '../../../../src/guest/fs/kept-files.ts'
import { DelegateError, type BridgeValue, type DelegateContext } from '../../../../src/guest/script/bridge.ts'
import { compressionDelegate } from '../../../../src/guest/script/delegate/compression.ts'
import { createHarness } from './harness.ts'

const BOMB = gzipSync(new Uint8Array(32 * 2 ** 20))

/** The coders of a harness, and how many of them the worker holds. */
function setup(): { compress: () => CompressionStream; decompress: () => DecompressionStream; held: () => number; endEpoch: () => void } {
  const { globals, handles, endEpoch } = createHarness()
  return {
    compress: () => new globals['CompressionStream']('gzip'),
    decompress: () => new globals['DecompressionStream']('gzip'),
    held: () => handles.size,
    endEpoch,
  }
}

test('a coder is opened when it is used, and closed at its end', async () => {
  const { compress, held } = setup()
  const stream = compress()
  expect(held()).toBe(0)

  const writer = stream.writable.getWriter()
  const written = [writer.write(new Uint8Array(100)), writer.close()]
  const reader = stream.readable.getReader()
  while (!(await reader.read()).done) expect(held()).toBe(1)

  await Promise.all(written)
  expect(held()).toBe(0)
})

test.each<[string, (stream: DecompressionStream) => Promise<unknown>]>([
  ['cancelled', (stream) => stream.readable.cancel()],
  ['aborted', (stream) => stream.writable.abort()],
])('a coder that is %s half-way is closed', async (_name, end) => {
  const { decompress, held } = setup()
  const stream = decompress()
  const writer = stream.writable.getWriter()
  const written = writer.write(BOMB.subarray(0, 1000)).catch(() => 'failed')
  const reader = stream.readable.getReader()
  await reader.read()
  expect(held()).toBe(1)
  writer.releaseLock()
  reader.releaseLock()

  await end(stream)
  await written

  expect(held()).toBe(0)
})

test('corrupt data closes the coder and fails both ends with a TypeError', async () => {
  const { decompress, held } = setup()
  const stream = decompress()
  const writer = stream.writable.getWriter()
  writer.write(new Uint8Array(100)).catch(() => {}) // some engines notice later
  const read = stream.readable.getReader().read()

  for (const each of await Promise.allSettled([read, writer.closed])) expect(each).toMatchObject({ status: 'rejected', reason: { name: 'TypeError' } })
  expect(held()).toBe(0)
})

test('the end of an epoch leaves nothing running', async () => {
  const { decompress, endEpoch, held } = setup()
  const stream = decompress()
  const written = stream.writable.getWriter().write(BOMB)
  const reader = stream.readable.getReader()
  await reader.read()

  endEpoch()

  await expect(Promise.race([written, reader.read().then(() => reader.read())])).rejects.toThrow()
  expect(held()).toBe(0)
})

/** The ops alone, as hostile code calls them. */
function openOps(): { call: (op: string, ...args: BridgeValue[]) => BridgeValue; ask: (op: string, ...args: BridgeValue[]) => Promise<BridgeValue>; held: () => number } {
  const values = new Map<BridgeValue, object>()
  const answers: Promise<BridgeValue>[] = []
  const context: DelegateContext = {
    handles: {
      add: (value) => values.set(values.size + 1, value).size,
      get: (id) => values.get(id) ?? fail(),
      remove: (id) => void values.delete(id),
    },
    emit: () => undefined,
    answer: (_id, result) => void answers.push(result),
    onEpochEnd: () => undefined,
    limits: { timers: 1, handles: 1 },
    region: { locale: 'en', timeZone: 'UTC' },
    files: new KeptFiles(() => Promise.reject(new Error('no capability'))),
    log: () => true,
  }
  const call = (op: string, ...args: BridgeValue[]): BridgeValue => compressionDelegate.get(op)?.(args, context)
  return {
    call,
    ask: (op, ...args) => {
      call(op, 0, ...args)
      return answers.pop() ?? Promise.reject(new Error('no answer'))
    },
    held: () => values.size,
  }
}

function fail(): never {
  throw new DelegateError('Error', 'gone', 'invalid-handle')
}

test('a bomb crosses in pieces, and is inflated as far as it is read', async () => {
  const { call, ask } = openOps()
  const id = call('compression.open', false, 'gzip')
  let isTaken = false
  const bomb = new Uint8Array(BOMB).buffer
  const written = ask('compression.write', id, bomb).then(() => {
    isTaken = true
  })

  const sizes: number[] = []
  for (let count = 0; count < 20; count += 1) sizes.push(((await ask('compression.read', id)) as ArrayBuffer).byteLength)
  await new Promise((resolve) => setTimeout(resolve, 20))

  expect(new Set(sizes)).toEqual(new Set([65_536]))
  expect(isTaken).toBe(false)
  call('compression.close', id)
  await written.catch(() => {})
})

test.each<[string, () => unknown]>([
  ['an unknown format', () => openOps().call('compression.open', true, 'br')],
  ['a number for a format', () => openOps().call('compression.open', true, 1)],
  ['an id out of thin air', () => openOps().call('compression.read', 0, 7)],
  ['a text for bytes', () => write('x')],
  ['more than a piece', () => write(new ArrayBuffer(65_537))],
])('refuses %s', (_name, run) => {
  expect(run).toThrow(DelegateError)
})

function write(bytes: BridgeValue): BridgeValue {
  const { call } = openOps()
  return call('compression.write', 0, call('compression.open', true, 'gzip'), bytes)
}

test('refuses a second read and a second write at once', async () => {
  const { call, ask } = openOps()
  const id = call('compression.open', false, 'gzip')
  const first = ask('compression.read', id)
  const written = ask('compression.write', id, new ArrayBuffer(10))
  const second = [ask('compression.read', id), ask('compression.write', id, new ArrayBuffer(10))]

  for (const each of await Promise.allSettled(second)) expect(each).toMatchObject({ status: 'rejected', reason: { name: 'TypeError' } })

  call('compression.close', id)
  await Promise.allSettled([first, written])
})
