/**
 * A worker that is kept for the next start has seen the extension's code: what has escaped there is watched like any other. The workers are
 * sessions over real ports, one of which stops to answer.
 */
import { afterEach, expect, test, vi } from 'vitest'
import { ImageBudget } from '../../../src/host/instance/image-budget.ts'
import { Instance } from '../../../src/host/instance/instance.ts'
import { Lifecycle } from '../../../src/host/instance/lifecycle.ts'
import type { Ring } from '../../../src/host/frame/ring.ts'
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
  const ring = {
    kind: 'frame', isDisposed: false, dispose: () => {},
    startWorker: async () => {
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

test('a spare that ran its start ahead and then gives no sign of life is ended, and the instance that serves is not', async () => {
  const { ring, workers } = openWorkers((index) => index === 0)
  const limits: string[] = []
  const charged: number[] = []
  const life = new Lifecycle({
    lifetime: 'session', limits: LIMITS, images: new ImageBudget(), boot: BOOT,
    runtime: {
      keepsSpare: true, preloads: true, prepare: async () => {}, program: async () => PROGRAM, load: () => ({}),
      first: (asked) => Instance.boot({ ring, program: PROGRAM, limits: asked, ...BOOT }),
    },
    meter: { admitCall: () => {}, openClock: () => new CpuClock({ now: () => performance.now(), charge: (ms) => charged.push(ms), onStop: () => {} }) },
    principal: { capability: async () => ({ ok: false, error: { name: '', message: '', code: '', stack: '' } }), log: () => {}, limitMet: () => {}, scrub: (text: string) => text },
    openServed: () => new ServedCalls({ isSerial: true, startedFor: [] }),
    emit: () => {}, onLimit: ({ code }) => limits.push(code), onStart: () => () => {}, onKill: () => {},
  })
  teardowns.push(() => life.dispose(new Error('The test is over.') as never))
  const serving = await life.lease(async (instance) => instance)

  await vi.waitFor(() => expect(workers[1]?.isLoaded).toBe(true), 3000)
  await vi.waitFor(() => expect(workers[1]?.isEnded).toBe(true), 3000)

  expect([workers[0]?.isEnded, limits, life.restarts.unconfirmedDeaths]).toEqual([false, ['turn-exceeded'], 1])
  expect(await life.lease(async (instance) => instance)).toBe(serving)
})
