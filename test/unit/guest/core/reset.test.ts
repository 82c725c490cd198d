/** A reset of a core module that comes in the middle of something. What is waited for is the page, which answers when the test says so. */
import { expect, test } from 'vitest'
import { CoreRunner } from '../../../../src/guest/core/runner.ts'
import { KeptDirectories, type AskHost } from '../../../../src/guest/fs/kept.ts'
import { SessionOutward } from '../../../../src/guest/session-outward.ts'
import { prepareCore } from '../../../../src/lane/wasm/prepare-core.ts'
import { decodeSignature, SIGNATURE_SECTION } from '../../../../src/wire/core-signature.ts'
import type { Outcome } from '../../../../src/wire/payload.ts'
import { decodeValue, encodeValue, GUEST_VALUE_LIMITS } from '../../../../src/wire/value.ts'
import { compileWat } from '../../lane/wasm-tools.ts'
import { openSide, turns } from '../../wire/pair.ts'
import { createFileHost } from '../fs/file-host.ts'

const MODULE = `(module
  (memory (export "memory") 1)
  (global $count (mut i32) (i32.const 0))
  (func (export "trap") unreachable)
  (func (export "count") (result i32) (global.set $count (i32.add (global.get $count) (i32.const 1))) (global.get $count)))`

async function openRunner(kept: KeptDirectories): Promise<CoreRunner> {
  const module = new WebAssembly.Module(prepareCore(await compileWat(MODULE), { memoryPages: 64, tableEntries: 1000 }))
  const [section] = WebAssembly.Module.customSections(module, SIGNATURE_SECTION)
  const { session } = openSide(new MessageChannel().port1, 'guest', { methods: new Map() })
  return new CoreRunner({
    module, signature: decodeSignature(new TextDecoder().decode(section)), abi: 'wasi', allocator: undefined, config: new Map(), functions: [],
    waiting: 'never', line: undefined, out: new SessionOutward(session, 1000), values: GUEST_VALUE_LIMITS, pendingCapabilityCalls: 10,
    memory: { initial: 1, maximum: 64 }, kept,
  })
}

let id = 0
const call = (runner: CoreRunner, name: string): Promise<Outcome> => runner.call({ id: ++id, name, args: encodeValue([]) })
const valueOf = (outcome: Outcome): unknown => (outcome.ok ? decodeValue(outcome.value) : outcome.error.name)

/** @param later  holds the answer to each request that reads a directory */
async function openKept(later: (answer: () => void) => void): Promise<KeptDirectories> {
  const host = createFileHost()
  let isHeld = false
  const ask: AskHost = (method, args) => (isHeld && method === 'file.load' ? new Promise((resolve) => later(() => resolve(host.ask(method, args)))) : host.ask(method, args))
  const kept = await KeptDirectories.open([{ path: '/data', isWritable: true }], ask)
  isHeld = true
  return kept
}

test('a call that was starting an instance when it was reset does not run in the fresh one', async () => {
  const answers: (() => void)[] = []
  const runner = await openRunner(await openKept((answer) => answers.push(answer)))
  expect(await runner.start()).toBeUndefined()
  await call(runner, 'trap')
  const left = call(runner, 'count')
  await turns()

  const reset = runner.reset()
  await turns()
  for (const answer of answers) answer()

  expect([await reset, valueOf(await left)]).toEqual([true, 'AbortError'])
  expect(valueOf(await call(runner, 'count'))).toBe(1)
})

test('what comes in the middle of a reset waits for the fresh instance', async () => {
  const answers: (() => void)[] = []
  const runner = await openRunner(await openKept((answer) => answers.push(answer)))
  expect(await runner.start()).toBeUndefined()
  await call(runner, 'trap')

  const reset = runner.reset()
  await turns()
  const counts = [call(runner, 'count'), call(runner, 'count')]
  await turns()
  for (const answer of answers) answer()

  expect([await reset, ...(await Promise.all(counts)).map(valueOf)]).toEqual([true, 1, 2])
})
