import { describe, expect, it } from 'vitest'
import { Meters } from '../../../src/limit/meters.ts'
import type { ExtensionMeter } from '../../../src/limit/meter.ts'
import { RATE_NAMES, RATES } from '../../../src/limit/rate.ts'
import type { SubjectLimits } from '../../../src/limit/subject.ts'
import { extensionKey } from '../../../src/manifest/identity.ts'
import { DEFAULT_LIMITS, type Limits } from '../../../src/manifest/limits.ts'

const NEVER = new AbortController().signal

function open(subject?: SubjectLimits): { of: (id: string, limits?: Partial<Limits>) => ExtensionMeter, meters: Meters, clock: { now: number } } {
  const clock = { now: 0 }
  const meters = new Meters({ now: () => clock.now, subject })
  return { clock, meters, of: (id, limits = {}) => meters.open(extensionKey({ id, origin: 'local' }), { ...DEFAULT_LIMITS, ...limits }) }
}

function codeOf(run: () => unknown): unknown {
  try {
    run()
    return 'taken'
  } catch (error) {
    return Reflect.get(Object(error), 'code')
  }
}

describe('a rate', () => {
  it.each(RATE_NAMES)('%s is what it may be at once, and comes back evenly', (rate) => {
    const { of, clock } = open()
    const meter = of('a', { [rate]: 10 })
    meter.take(rate, 10)
    expect(codeOf(() => meter.take(rate))).toBe('rate-limit')
    clock.now += RATES[rate].windowMs / 10

    expect([codeOf(() => meter.take(rate)), codeOf(() => meter.take(rate))]).toEqual(['taken', 'rate-limit'])
  })

  it('that is refused says when to try again', () => {
    const meter = open().of('a', { httpPerMinute: 60 })
    meter.take('httpPerMinute', 60)

    expect(() => meter.take('httpPerMinute', 2)).toThrow(expect.objectContaining({
      code: 'rate-limit', details: { limit: 'httpPerMinute', owner: 'extension', allowed: 60, retryAfterMs: 2000 },
    }))
    expect(() => meter.take('httpPerMinute', 61)).toThrow(expect.objectContaining({
      details: { limit: 'httpPerMinute', owner: 'extension', allowed: 60 },
    }))
  })

  it('that was overdrawn gives nothing until the debt is paid', () => {
    const { of, clock } = open()
    const meter = of('a', { httpBytesPerMinute: 600 })
    expect(codeOf(() => meter.charge('httpBytesPerMinute', 900))).toBe('rate-limit')
    clock.now += 29_000
    expect(codeOf(() => meter.take('httpBytesPerMinute', 0))).toBe('rate-limit')
    clock.now += 1000

    expect(codeOf(() => meter.take('httpBytesPerMinute', 0))).toBe('taken')
  })

  it('is an extension\'s own, and outlives its restarts and updates', () => {
    const { of, meters } = open()
    of('a', { httpPerMinute: 2 }).take('httpPerMinute', 2)
    const after = of('a', { httpPerMinute: 2 })
    after.setLimits({ ...DEFAULT_LIMITS, httpPerMinute: 3 })

    expect([codeOf(() => after.take('httpPerMinute')), codeOf(() => after.take('httpPerMinute'))]).toEqual(['taken', 'rate-limit'])
    expect(codeOf(() => of('b', { httpPerMinute: 2 }).take('httpPerMinute'))).toBe('taken')
    meters.forget(extensionKey({ id: 'a', origin: 'local' }))
    expect(codeOf(() => of('a', { httpPerMinute: 1 }).take('httpPerMinute'))).toBe('taken')
  })
})

describe('a subject', () => {
  it('has one allowance for all extensions, and a refusal takes nothing from anybody', () => {
    const { of, meters } = open({ httpPerMinute: 3 })
    of('a').take('httpPerMinute', 2)

    const details: unknown = expect.objectContaining({ owner: 'subject', allowed: 3 })
    expect(() => of('b').take('httpPerMinute', 2)).toThrow(expect.objectContaining({ details }))
    expect([of('b').usage().httpPerMinute?.used, meters.subjectUsage().httpPerMinute?.used]).toEqual([0, 2])
    of('b').take('httpPerMinute')
    expect(codeOf(() => of('a').take('httpPerMinute'))).toBe('rate-limit')
  })

  it.each(RATE_NAMES)('has one allowance of %s for all extensions, of what is taken and what is counted', (rate) => {
    const { of, clock } = open({ [rate]: 10 })
    of('a').take(rate, 6)
    expect(codeOf(() => of('b').take(rate, 6))).toBe('rate-limit')
    of('b').charge(rate, 4)
    expect(() => of('a').take(rate)).toThrow(expect.objectContaining({ details: expect.objectContaining({ limit: rate, owner: 'subject', allowed: 10 }) }))
    clock.now += RATES[rate].windowMs / 10

    expect([codeOf(() => of('b').take(rate)), codeOf(() => of('a').take(rate))]).toEqual(['taken', 'rate-limit'])
  })

  it('shares places for HTTP exchanges fairly', async () => {
    const { of } = open({ httpConcurrent: 1 })
    const order: string[] = []
    const first = await of('flood').enterHttp(NEVER)
    const waiting = ['flood', 'flood', 'quiet'].map(async (id) => {
      const release = await of(id).enterHttp(NEVER)
      order.push(id)
      release()
    })
    first()
    await Promise.all(waiting)

    expect(order).toEqual(['flood', 'quiet', 'flood'])
  })

  it('without places has none', async () => {
    await expect(open({ httpConcurrent: 0 }).of('a').enterHttp(NEVER)).rejects.toMatchObject({ code: 'rate-limit' })
    await expect(open().of('a', { httpConcurrent: 0 }).enterHttp(NEVER)).rejects.toMatchObject({ code: 'rate-limit' })
  })
})

describe('computing', () => {
  it('counts while a call is in flight that waits for no capability', () => {
    const { of, clock } = open({ cpuMsPerMinute: 6000 })
    const meter = of('a', { cpuMsPerMinute: 60 })
    const cpu = meter.openClock()
    const endCall = cpu.call()
    clock.now += 300
    const endWait = cpu.wait()
    clock.now += 10_000
    endWait()
    clock.now += 200
    endCall()
    clock.now += 10_000

    expect(meter.usage().cpuMsPerMinute?.used).toBeCloseTo(500 - 20.2, 5) // 1 ms a second comes back
  })

  it('is not counted twice for calls side by side, and for every instance', () => {
    const { of, clock } = open()
    const meter = of('a', { cpuMsPerMinute: 600_000 })
    const one = meter.openClock()
    one.call()
    one.call()
    meter.openClock().call()
    clock.now += 10

    expect(meter.usage().cpuMsPerMinute?.used).toBe(20)
  })

  it('beyond the minute refuses calls until it is paid back', () => {
    const { of, clock } = open()
    const meter = of('a', { cpuMsPerMinute: 1000 })
    const end = meter.openClock().call()
    clock.now += 61_000 // the bucket was full: all of it counts
    expect(codeOf(() => meter.admitCall())).toBe('rate-limit')
    end()
    clock.now += 3_541_000
    expect(codeOf(() => meter.admitCall())).toBe('rate-limit')
    clock.now += 60_000
    expect(codeOf(() => meter.admitCall())).toBe('taken')
  })

  it('is noticed by its silence where no call is counted, and ends with the instance', () => {
    const { of, clock } = open()
    const meter = of('a', { cpuMsPerMinute: 1000 })
    const cpu = meter.openClock()
    cpu.answered(10)
    cpu.answered(400)
    const used = meter.usage().cpuMsPerMinute?.used
    cpu.call()
    cpu.answered(400)
    cpu.stop()
    clock.now += 100_000
    cpu.answered(400)

    expect([used, meter.usage().cpuMsPerMinute?.used]).toEqual([400, 0])
  })
})

describe('what is used on behalf of others', () => {
  it('is half of a rate at most, and the other half is the extension\'s own whatever was used beyond', () => {
    const { of, clock } = open()
    const meter = of('a', { httpPerMinute: 10, cpuMsPerMinute: 10_000 })
    const others = meter.forOthers([])
    others.take('httpPerMinute', 5)
    expect(() => others.take('httpPerMinute')).toThrow(expect.objectContaining({ details: expect.objectContaining({ owner: 'others', allowed: 5 }) }))
    expect(codeOf(() => meter.take('httpPerMinute', 5))).toBe('taken')

    expect(codeOf(() => others.charge('cpuMsPerMinute', 20_000))).toBe('rate-limit')
    expect([codeOf(() => others.admitCall()), codeOf(() => meter.take('cpuMsPerMinute', 5_000))]).toEqual(['rate-limit', 'taken'])
    clock.now += 181_000
    expect(codeOf(() => others.admitCall())).toBe('taken')
  })

  it('is used by those who wait as well, once each, and not where nothing was had', () => {
    const { of } = open({ httpPerMinute: 100 })
    const [callee, caller] = [of('callee', { httpPerMinute: 100 }), of('caller', { httpPerMinute: 3 })]
    const others = callee.forOthers([caller, caller])
    for (let i = 0; i < 3; i++) others.take('httpPerMinute')
    expect(() => others.take('httpPerMinute')).toThrow(expect.objectContaining({ details: expect.objectContaining({ owner: 'caller', allowed: 3 }) }))
    expect([callee.usage().httpPerMinute?.used, caller.usage().httpPerMinute?.used]).toEqual([3, 3])
    expect(codeOf(() => others.take('httpPerMinute', 0))).toBe('taken')
    expect(codeOf(() => callee.forOthers([]).take('httpPerMinute'))).toBe('taken')
  })

  it('of a rate of one is one, of none none', () => {
    const { of } = open()
    const others = of('a', { promptsPerMinute: 1, httpPerMinute: 0 }).forOthers([])
    expect([codeOf(() => others.take('promptsPerMinute')), codeOf(() => others.take('httpPerMinute'))]).toEqual(['taken', 'rate-limit'])
  })
})
