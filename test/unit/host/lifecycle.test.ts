/**
 * A lifecycle settles every call whatever becomes of its instances. The instance is a stand-in: what matters here is the order of its answers,
 * which a real worker cannot be made to give on purpose; the real one is tried in test/browser/supervision.test.ts.
 */
import { ImageBudget } from '../../../src/host/instance/image-budget.ts'
import { describe, expect, it } from 'vitest'
import type { Instance } from '../../../src/host/instance/instance.ts'
import { Lifecycle } from '../../../src/host/instance/lifecycle.ts'
import { ServedCalls } from '../../../src/host/instance/served-calls.ts'
import { CpuClock } from '../../../src/limit/cpu-clock.ts'
import { DEFAULT_LIMITS } from '../../../src/manifest/limits.ts'
import { turns } from '../wire/pair.ts'

function fakeInstance(over: Partial<Record<keyof Instance, unknown>> = {}): Instance {
  let principal: { ended(...a: unknown[]): void } | undefined
  let isEnded = false
  const ring = { isDisposed: false, dispose: () => {} }
  const self = {
    ring, limits: DEFAULT_LIMITS, get isEnded() { return isEnded },
    adopt: (p: typeof principal) => (principal = p),
    load: async () => undefined, settled: async () => {}, snapshot: async () => {}, reset: async () => true, ping: async () => true,
    end: (reason: unknown, ok: boolean) => { if (!isEnded) { isEnded = true; principal?.ended(self, reason, ok) } },
    ...over,
  }
  return self as unknown as Instance
}

function lifecycle(take: () => Promise<Instance>, maxInstances = 1): Lifecycle {
  return new Lifecycle({
    lifetime: 'call', limits: { ...DEFAULT_LIMITS, startMs: 50, turnMs: 100, maxInstances },
    runtime: { keepsSpare: false, preloads: false, first: take, prepare: async () => {}, program: () => Promise.reject(new Error('one only')), load: () => ({}) }, images: new ImageBudget(), boot: { methods: [], region: { locale: 'en-US', timeZone: 'UTC' }, startTimeoutMs: 100 },
    meter: { admitCall: () => {}, openClock: () => new CpuClock({ now: () => 0, charge: () => {}, onStop: () => {} }) },
    principal: { capability: async () => ({ ok: false, error: { name: '', message: '', code: '', stack: '' } }), log: () => {}, limitMet: () => {}, scrub: (text) => text },
    openServed: () => new ServedCalls({ isSerial: true, startedFor: [] }),
    emit: () => {}, onLimit: () => {}, onStart: () => () => {}, onKill: () => {},
  })
}
const settled = (p: Promise<unknown>): Promise<string> => Promise.race([p.then(() => 'ok', () => 'rejected'), new Promise<string>((r) => setTimeout(() => r('HANGS'), 1500))])

describe('a lifecycle', () => {
  it('settles queued calls when the boot of the first fails', async () => {
    const life = lifecycle(async () => { await turns(2); throw new Error('frame-missing') })
    const calls = [1, 2, 3].map(() => life.lease(async () => 1))
    expect(await Promise.all(calls.map(settled))).not.toContain('HANGS')
  })
  it('settles queued calls when the main module throws', async () => {
    const life = lifecycle(async () => fakeInstance({ load: async () => { await turns(2); return { name: 'E', message: 'x', code: '', stack: '' } } }))
    const calls = [1, 2, 3].map(() => life.lease(async () => 1))
    expect(await Promise.all(calls.map(settled))).not.toContain('HANGS')
  })
  it('settles queued calls when starting is refused after deaths', async () => {
    const life = lifecycle(async () => fakeInstance())
    const calls = Array.from({ length: 40 }).map(() => life.lease(async (instance) => { await turns(1); instance.end(new Error('died') as never, false); throw new Error('died') }))
    expect(await Promise.all(calls.map(settled))).not.toContain('HANGS')
  })
  it('that is stopped during a start does not go on', async () => {
    let release = (): void => {}
    const gate = new Promise<void>((r) => (release = r))
    const life = lifecycle(async () => { await gate; return fakeInstance() })
    const call = life.lease(async () => 'ran').catch((e: Error) => e.message)
    life.stop(new Error('stopped') as never)
    release()
    expect(await call).toBe('stopped')
  })
  it('leaves no frame behind of two starts that began at once', async () => {
    const rings: { isDisposed: boolean }[] = []
    const life = lifecycle(async () => {
      const ring = { isDisposed: false, dispose: () => { ring.isDisposed = true } }
      rings.push(ring)
      return fakeInstance({ ring })
    }, 2)
    await Promise.all([1, 2].map(() => life.lease(async () => turns(2))))

    life.stop(new Error('stopped') as never)

    expect(rings.map(({ isDisposed }) => isDisposed)).toEqual([true, true])
  })
  it('lends no instance that ended while the answer to its reset was on its way', async () => {
    const made: Instance[] = []
    const life = lifecycle(async () => {
      const ring = { isDisposed: true, dispose: () => {} } // gone with it: the next has its own
      const instance = fakeInstance({ ring, reset: async () => { instance.end(new Error('stopped') as never, true); return true } })
      made.push(instance)
      return instance
    })
    await life.lease(async () => 1)
    await turns(2)

    expect(await life.lease(async (instance) => instance.isEnded)).toBe(false)
    expect(made).toHaveLength(2)
  })
})
