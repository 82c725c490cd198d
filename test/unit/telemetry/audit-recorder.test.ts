import { describe, expect, test } from 'vitest'
import { AuditRecorder, createAudit } from '../../../src/telemetry/audit.ts'
import { setTimer } from '../../../src/util/timer.ts'
import { event, openHarness } from './audit-harness.ts'

describe('before the code of the log is there', () => {
  test('rows wait, with the time when they happened', async () => {
    const harness = openHarness()
    let load = (): void => {}
    const ready = new Promise<void>((resolve) => { load = resolve })
    let now = 5
    const recorder = new AuditRecorder(async () => (await ready, harness), () => now, setTimer)
    recorder.record(event({ method: 'first.one' }))
    now = 6
    const kept = recorder.keep(event({ method: 'second.one' }))

    load()
    await kept

    expect((await createAudit(recorder).query()).rows.map(({ method, time }) => [method, time])).toEqual([['second.one', 6], ['first.one', 5]])
  })

  test('a failure to load it is tried again with the next row, and holds nobody up', async () => {
    const harness = openHarness()
    let isBroken = true
    const recorder = new AuditRecorder(async () => {
      if (isBroken) throw new TypeError('Failed to fetch dynamically imported module')
      return harness
    }, () => 1, setTimer)
    await recorder.keep(event({ kind: 'grant' }))

    isBroken = false
    await recorder.keep(event({ kind: 'revocation' }))

    expect((await harness.query({})).rows.map(({ kind }) => kind)).toEqual(['revocation', 'grant'])
  })

  test('a disk that does not answer holds a reply for five seconds at most', async () => {
    const timers: number[] = []
    const recorder = new AuditRecorder(() => new Promise(() => {}), () => 1, (run, ms) => {
      timers.push(ms)
      run()
      return () => {}
    })

    await recorder.keep(event({ kind: 'grant' }))

    expect(timers).toEqual([5000])
  })
})

test('a box that is disposed writes what waits, then closes its store', async () => {
  const harness = openHarness()
  const recorder = new AuditRecorder(async () => harness, () => 1, setTimer)
  recorder.record(event())

  await new Promise<void>((resolve) => recorder.close(resolve))

  expect((await harness.store.tail())?.next).toBe(1)
  let isClosed = false
  recorder.close(() => { isClosed = true })
  expect(isClosed).toBe(true)
})

test.each([0, 1001, 1.5, Number.NaN])('a page of %d rows is refused', async (limit) => {
  const harness = openHarness()
  const audit = createAudit(new AuditRecorder(async () => harness, () => 1, setTimer))

  await expect(audit.query({ limit })).rejects.toThrow(RangeError)
})

const anyAudit = (): ReturnType<typeof createAudit> => createAudit(new AuditRecorder(async () => openHarness(), () => 1, setTimer))
const WRONG_FILTERS = [
  [{ kinds: ['grant'] }, /has no "kinds"; it knows extension, kind/], [{ kind: 'grants' }, /no kind "grants"; known are capability, /],
  [{ kind: ['grant', 'deny'] }, /no kind "deny"/], [{ kind: 5 }, /no kind 5/], [{ extension: { id: 'x' } }, /extension must be a string/],
  [{ from: new Date(0) }, /from must be a number/], [{ to: Number.NaN }, /to must be a number/], ['grant', /must be an object/], [null, /must be an object/],
] as const

test.each(WRONG_FILTERS)('a query and an export by %j are refused with what there is', async (wrong, message) => {
  const asked = anyAudit().query(wrong as never)
  const exported = new Response(anyAudit().export(wrong as never)).text()

  await expect(asked).rejects.toThrow(message)
  await expect(asked).rejects.toThrow(TypeError)
  await expect(exported).rejects.toThrow(message)
})

test.each([['abc'], [{ seq: 1 }], [{ seq: -1, mac: 'a'.repeat(64) }], [{ seq: '1', mac: 'a'.repeat(64) }], [{ seq: 1, mac: 'A' }], [null]])(
  'the head %j is a mistake, not a sign of tampering', async (head) => {
    await expect(anyAudit().verify({ head } as never)).rejects.toThrow('head must be { seq, mac }')
  },
)

test('what verify does not know is refused, and a real head is not', async () => {
  const audit = anyAudit()
  await expect(audit.verify({ haed: await audit.head() } as never)).rejects.toThrow('audit.verify has no "haed"; it knows head.')
  expect(await audit.verify({ head: await audit.head() })).toMatchObject({ ok: true })
})
