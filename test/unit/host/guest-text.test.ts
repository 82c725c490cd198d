import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { LogReceiver } from '../../../src/host/extension/log.ts'
import { toHostError, VERDICT } from '../../../src/host/instance/outcome.ts'
import { TokenBucket } from '../../../src/util/token-bucket.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'Date'], now: NOW })
})
afterEach(() => {
  vi.useRealTimers()
})

type Event = readonly [name: string, detail?: Readonly<Record<string, unknown>>]

const NOW = 1_800_000_000_000

/** Calls 1 to 3 were made. */
function openReceiver(events: Event[] = [], logBytesPerSecond = 1000): LogReceiver {
  const bucket = new TokenBucket(logBytesPerSecond, 1000, performance.now())
  return new LogReceiver({
    take: (bytes) => bucket.take(bytes, performance.now()),
    isCall: (id) => [1, 2, 3].includes(id),
    scrub: (text) => text,
    onLine: (line) => events.push(['log', { ...line }]),
    onLoss: () => events.push(['limit']),
  })
}

function openLog(logBytesPerSecond?: number): { readonly events: Event[], readonly log: (...line: unknown[]) => void } {
  const events: Event[] = []
  const receiver = openReceiver(events, logBytesPerSecond)
  return { events, log: (...line) => receiver.receive({ text: JSON.stringify(line), buffers: [] }) }
}

describe('a log line', () => {
  it('becomes one event a line, with tabs and control characters made visible', () => {
    const { events, log } = openLog()
    log('warn', 'a\tb\r\nc\u001b[31m\u202ed\re', 0, NOW, 2, ['a\u202e.ts', 3, 4])

    const common = { level: 'warn', time: NOW, call: 2, position: { file: 'a\\u202e.ts', line: 3, column: 4 } }
    expect(events).toEqual([
      ['log', { ...common, text: 'a  b' }],
      ['log', { ...common, text: 'c\\u001b[31m\\u202ed\\u000de' }],
    ])
  })

  it.each([
    ['long ago', -1e300, NOW],
    ['ahead of the page', NOW + 1e9, NOW + 1000],
    ['in between', NOW + 400, NOW + 400],
  ])('of a time %s has one that can be', (_name, time, shown) => {
    const { events, log } = openLog()
    vi.advanceTimersByTime(1000)
    log('info', 'x', 0, time, null, null)

    expect(events[0]?.[1]).toMatchObject({ time: shown, call: undefined, position: undefined })
  })

  it.each<readonly [string, readonly unknown[]]>([
    ['an unknown level', ['log', 'x', 0]],
    ['a level of Array.prototype', ['push', 'x', 0]],
    ['a level that is no text', [1, 'x', 0]],
    ['text that is no text', ['info', ['x'], 0]],
    ['text beyond all measure', ['info', 'x'.repeat(20_000), 0]],
    ['no count', ['info', 'x']],
    ['nothing', []],
    ['no time', ['info', 'x', 0, '0', null, null]],
    ['a time that JSON cannot say', ['info', 'x', 0, NaN, null, null]],
    ['a call that was never made', ['info', 'x', 0, 0, 4, null]],
    ['a call that is text', ['info', 'x', 0, 0, '1', null]],
    ['no call', ['info', 'x', 0, 0]],
    ['no place', ['info', 'x', 0, 0, 1]],
    ['a place that is an object', ['info', 'x', 0, 0, 1, { file: 'a', line: 1, column: 1 }]],
    ['a file that is no text', ['info', 'x', 0, 0, 1, [{}, 1, 1]]],
    ['a file beyond all measure', ['info', 'x', 0, 0, 1, ['a'.repeat(9000), 1, 1]]],
    ['a negative line', ['info', 'x', 0, 0, 1, ['a', -1, 1]]],
    ['half a column', ['info', 'x', 0, 0, 1, ['a', 1, 1.5]]],
    ['a line out of range', ['info', 'x', 0, 0, 1, ['a', 1e300, 1]]],
  ])('with %s is a breach', (_name, line) => {
    expect(() => openLog().log(...line)).toThrow(expect.objectContaining({ code: 'malformed-message' }))
  })

  it.each(['', '{', '[['.repeat(100_000), '{"length":3}', 'null'])('that is no list is a breach (%#)', (text) => {
    expect(() => openReceiver().receive({ text, buffers: [] })).toThrow(expect.objectContaining({ code: 'malformed-message' }))
  })

  it('over the rate is lost, which is told once for each stretch', () => {
    const { events, log } = openLog(100)
    for (let n = 0; n < 5; n++) log('info', 'x'.repeat(60), 0, 0, null, null)
    vi.advanceTimersByTime(1000)
    for (let n = 0; n < 5; n++) log('info', 'x'.repeat(60), 0, 0, null, null)

    expect(events.map(([name]) => name)).toEqual(['log', 'limit', 'log', 'limit'])
  })

  it('after lines that the guest dropped tells of them', () => {
    const { events, log } = openLog()
    log('info', 'x', 3, 0, null, null)

    expect(events.map(([name]) => name)).toEqual(['limit', 'log'])
  })
})

describe('what a guest threw', () => {
  it('is data in a GuestError, cleaned and capped', () => {
    const error = toHostError({ name: 'Bad\u202eName', message: 'a\nb\u0007', code: 'E\u0000', stack: 'at x\u001b', path: '$.a' })

    expect(error).toMatchObject({ name: 'GuestError', code: 'thrown', message: 'a\nb\\u0007', guestName: 'Bad\\u202eName', guestCode: 'E\\u0000', guestStack: 'at x\\u001b' })
  })

  it.each<readonly [string, string, string]>([
    ['crashed', 'GuestError', 'crashed'],
    ['stack-overflow', 'GuestError', 'stack-overflow'],
    ['export-missing', 'GuestError', 'export-missing'],
    ['value-unsupported', 'GuestError', 'value-unsupported'],
    ['memory-exceeded', 'LimitError', 'memory-exceeded'],
    ['deadline-exceeded', 'LimitError', 'deadline-exceeded'],
    ['turn-exceeded', 'LimitError', 'turn-exceeded'],
    ['message-too-large', 'LimitError', 'message-too-large'],
    ['permission-denied', 'GuestError', 'crashed'],
    ['constructor', 'GuestError', 'crashed'],
    ['', 'GuestError', 'crashed'],
  ])('as verdict "%s" becomes %s %s', (code, name, hostCode) => {
    expect(toHostError({ name: VERDICT, message: 'm', code, stack: '' })).toMatchObject({ name, code: hostCode })
  })

  it.each(['LimitError', 'PermissionError', 'WireError', '__proto__', 'gloveboxverdict'])('under the name %s stays the guest\'s', (name) => {
    expect(toHostError({ name, message: 'm', code: 'memory-exceeded', stack: '' })).toMatchObject({ name: 'GuestError', code: 'thrown', guestName: name })
  })

  it('tells where a value was unsupported', () => {
    expect(toHostError({ name: VERDICT, message: 'm', code: 'value-unsupported', stack: '', path: '$.a\u202e' }).details).toEqual({ path: '$.a\\u202e' })
  })
})
