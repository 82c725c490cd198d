import { expect, it } from 'vitest'
import { HttpMeter } from '../../../src/capability/http-meter.ts'
import { DEFAULT_LIMITS } from '../../../src/manifest/limits.ts'

const limits = { ...DEFAULT_LIMITS, httpConcurrent: 1 }

it('passes a place on when the one it was given to leaves at the same moment', async () => {
  const meter = new HttpMeter(() => 0)
  const [leaving, staying] = [new AbortController(), new AbortController()]
  const release = await meter.enter(limits, leaving.signal)
  const waiting = [meter.enter(limits, leaving.signal), meter.enter(limits, staying.signal)] as const
  release()
  release()
  leaving.abort(new Error('gone'))

  await expect(waiting[0]).rejects.toThrow('gone')
  ;(await waiting[1])()
  expect(meter.isIdle).toBe(true)
})

it('has no place at all where none is allowed', async () => {
  await expect(new HttpMeter(() => 0).enter({ ...limits, httpConcurrent: 0 }, new AbortController().signal)).rejects.toMatchObject({ code: 'rate-limit' })
})
