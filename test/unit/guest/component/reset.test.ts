/**
 * A reset, and what comes in the middle of it: page and guest are in different workers, so that anything may. The component is a stand-in whose
 * instances begin to exist when the test says so; runner, turns and kept directories are the real ones.
 */
import { expect, test } from 'vitest'
import { ComponentRunner } from '../../../../src/guest/component/runner.ts'
import { KeptDirectories } from '../../../../src/guest/fs/kept.ts'
import type { OpenDirectory } from '../../../../src/guest/fs/handle.ts'
import { SessionOutward } from '../../../../src/guest/session-outward.ts'
import type { Outcome } from '../../../../src/wire/payload.ts'
import { decodeValue, encodeValue, GUEST_VALUE_LIMITS } from '../../../../src/wire/value.ts'
import { openSide, turns } from '../../wire/pair.ts'
import { createFileHost, writeFile } from '../fs/file-host.ts'

interface Stage {
  readonly runner: ComponentRunner
  readonly kept: KeptDirectories
  /** One for each instance that was asked for; calling it makes it exist. */
  readonly births: (() => void)[]
  /** Ends what `wait` waits for. */
  readonly wake: () => void
}

function openStage(kept: KeptDirectories): Stage {
  const { session } = openSide(new MessageChannel().port1, 'guest', { methods: new Map() })
  const births: (() => void)[] = []
  const sleeping: (() => void)[] = []
  const instantiate = (): Promise<object> => {
    const number = births.length
    const [root] = kept.preopens()
    const exports = {
      number: () => number,
      write: (name: string) => root && writeFile(root.directory, name, 'x'),
      writeAndWait: (name: string) => {
        exports.write(name)
        return new Promise<void>((resolve) => sleeping.push(resolve))
      },
    }
    return new Promise((resolve) => births.push(() => resolve(exports)))
  }
  const runner = new ComponentRunner({
    code: { instantiate, modules: new Map() }, kept, out: new SessionOutward(session, 1000), values: GUEST_VALUE_LIMITS,
    limits: { handles: 10, pendingCapabilityCalls: 10 }, waiting: 'never', line: undefined, config: new Map(), links: new Set(),
  })
  return { runner, births, kept, wake: () => sleeping.splice(0).forEach((resolve) => resolve()) }
}

let id = 0
const call = (runner: ComponentRunner, name: string, ...args: unknown[]): Promise<Outcome> => runner.call({ id: ++id, name, args: encodeValue(args) })
const valueOf = (outcome: Outcome): unknown => (outcome.ok ? decodeValue(outcome.value) : outcome.error.name)
const namesOf = (directory: OpenDirectory | undefined): readonly string[] => [...(directory?.entries(0) ?? [])].map(({ name }) => name)

/** As far as everything gets that waits for no birth. */
async function started({ runner, births }: Stage): Promise<void> {
  const starting = runner.start()
  await turns()
  births.at(-1)?.()
  expect(await starting).toBeUndefined()
}

test('what comes in the middle of a reset waits for the fresh instance, and makes no other', async () => {
  const stage = openStage(await KeptDirectories.open([], createFileHost().ask))
  const { runner, births } = stage
  await started(stage)

  const reset = runner.reset()
  await turns()
  const dropped = runner.drop([1])
  const number = call(runner, 'number')
  await turns()
  for (const birth of births) birth()

  expect([await reset, await dropped, valueOf(await number), births.length]).toEqual([true, undefined, 1, 2])
})

test.each(['before', 'after'])('a call that was starting an instance when it was reset does not go on in the fresh one, nor in its place (%s it)', async (when) => {
  const stage = openStage(await KeptDirectories.open([], createFileHost().ask))
  const { runner, births } = stage
  const left = call(runner, 'number')
  await turns()

  const reset = runner.reset()
  await turns()
  const [ofCall, fresh] = births
  for (const birth of when === 'before' ? [ofCall, fresh] : [fresh, ofCall]) {
    birth?.()
    await turns()
  }

  expect([await reset, valueOf(await left), births.length]).toEqual([true, 'AbortError', 2])
  expect([valueOf(await call(runner, 'number')), runner.live === undefined]).toEqual([1, false])
})

test('what a call wrote that was left in a reset is neither seen nor kept by the next', async () => {
  const host = createFileHost()
  const stage = openStage(await KeptDirectories.open([{ path: '/data', isWritable: true }], host.ask))
  const { runner, births, kept, wake } = stage
  await started(stage)
  void call(runner, 'writeAndWait', 'left')
  await turns()

  const reset = runner.reset()
  await turns()
  births.at(-1)?.()
  expect(await reset).toBe(true)
  wake()

  expect(namesOf(kept.preopens()[0]?.directory)).toEqual([])
  expect(valueOf(await call(runner, 'write', 'mine'))).toBe(undefined)
  expect(namesOf((await KeptDirectories.open([{ path: '/data', isWritable: false }], host.ask)).preopens()[0]?.directory)).toEqual(['mine'])
})
