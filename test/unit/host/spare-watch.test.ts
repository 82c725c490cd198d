/**
 * Workers that are kept for the next start: what has escaped in one is watched like any other, for it has seen the extension's code; and none serves
 * when it is about to be ended. The workers are sessions over real ports, one of which stops to answer.
 */
import { afterEach, expect, test, vi } from 'vitest'
import { DisposedError, LaneError } from '../../../src/errors.ts'
import type { Program } from '../../../src/host/frame/program.ts'
import type { Ring } from '../../../src/host/frame/ring.ts'
import { ImageBudget } from '../../../src/host/instance/image-budget.ts'
import { Instance } from '../../../src/host/instance/instance.ts'
import { Lifecycle, type LifecycleOptions } from '../../../src/host/instance/lifecycle.ts'
import { ServedCalls } from '../../../src/host/instance/served-calls.ts'
import { CpuClock } from '../../../src/limit/cpu-clock.ts'
import { DEFAULT_LIMITS } from '../../../src/manifest/limits.ts'
import { methodsOf, openSide } from '../wire/pair.ts'

const PROGRAM = { source: '', modules: [], start: 'blob', lendsCrypto: false, blocks: false } as const
const BOOT = { methods: [], region: { locale: 'en-US', timeZone: 'UTC' }, startTimeoutMs: 1000 } as const
const LIMITS = { ...DEFAULT_LIMITS, turnMs: 100 }

const teardowns: (() => void)[] = []
afterEach(() => {
  for (const teardown of teardowns.splice(0)) teardown()
})

interface FakeWorker {
  isLoaded: boolean
  isEnded: boolean
}

/** @param answers  does the worker of that number answer signs of life once its start is over? */
function openWorkers(answers: (index: number) => boolean): { readonly ring: Ring, readonly workers: FakeWorker[] } {
  const workers: FakeWorker[] = []
  const failures: ((error: LaneError) => void)[] = []
  const ring = {
    kind: 'frame', isDisposed: false,
    dispose: () => {
      ring.isDisposed = true
      for (const fail of failures) fail(new LaneError('worker-failed', 'The frame was removed.'))
    },
    startWorker: async (_: Program, onFailure: (error: LaneError) => void) => {
      failures.push(onFailure)
      const { port1, port2 } = new MessageChannel()
      const worker: FakeWorker = { isLoaded: false, isEnded: false }
      const index = workers.push(worker) - 1
      openSide(port2, 'guest', { methods: methodsOf({
        boot: () => undefined,
        load: () => void (worker.isLoaded = true),
        ping: () => (worker.isLoaded && !answers(index) ? new Promise(() => {}) : true),
      }) })
      return { port: port1, wait: undefined, end: async () => void (worker.isEnded = true) }
    },
  }
  return { ring: ring as unknown as Ring, workers }
}

function openLife(openRing: () => Ring, over: Partial<LifecycleOptions> = {}): Lifecycle {
  const life = new Lifecycle({
    lifetime: 'session', limits: LIMITS, images: new ImageBudget(), boot: BOOT,
    runtime: {
      keepsSpare: true, preloads: true, prepare: async () => {}, program: async () => PROGRAM, load: () => ({}),
      first: (asked) => Instance.boot({ ring: openRing(), program: PROGRAM, limits: asked, ...BOOT }),
    },
    meter: { admitCall: () => {}, openClock: () => new CpuClock({ now: () => performance.now(), charge: () => {}, onStop: () => {} }) },
    principal: { capability: async () => ({ ok: false, error: { name: '', message: '', code: '', stack: '' } }), log: () => {}, limitMet: () => {}, scrub: (text: string) => text },
    openServed: () => new ServedCalls({ isSerial: true, startedFor: [] }),
    emit: () => {}, onLimit: () => {}, onStart: () => () => {}, onKill: () => {}, ...over,
  })
  teardowns.push(() => life.dispose(new Error('The test is over.') as never))
  return life
}

test('a spare that ran its start ahead and then gives no sign of life is ended, and the instance that serves is not', async () => {
  const { ring, workers } = openWorkers((index) => index === 0)
  const limits: string[] = []
  const life = openLife(() => ring, { onLimit: ({ code }) => limits.push(code) })
  const serving = await life.lease(async (instance) => instance)

  await vi.waitFor(() => expect(workers[1]?.isLoaded).toBe(true), 3000)
  await vi.waitFor(() => expect(workers[1]?.isEnded).toBe(true), 3000)

  expect([workers[0]?.isEnded, limits, life.restarts.unconfirmedDeaths]).toEqual([false, ['turn-exceeded'], 1])
  expect(await life.lease(async (instance) => instance)).toBe(serving)
})

test('who hears of a stop and starts the extension again gets no spare that the stop is about to end', async () => {
  const opened: ReturnType<typeof openWorkers>[] = []
  const openRing = (): Ring => {
    const made = openWorkers(() => true)
    opened.push(made)
    return made.ring
  }
  let again: Promise<Instance> | undefined
  const life = openLife(openRing, { emit: (_, detail) => {
    if (Reflect.get(detail, 'state') === 'stopped') again ??= life.lease(async (instance) => instance)
  } })
  await life.start()
  await vi.waitFor(() => expect(opened[0]?.workers[1]?.isLoaded).toBe(true), 3000)

  life.stop(new DisposedError('disposed', 'stopped'))

  expect((await again)?.isEnded).toBe(false)
  expect(opened.map(({ ring, workers }) => [ring.isDisposed, workers.map(({ isEnded }) => isEnded)])).toEqual([[true, [true, true]], [false, [false]]])
})
