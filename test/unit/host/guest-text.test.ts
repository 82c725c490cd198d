import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { LogReceiver } from '../../../src/host/log.ts'
import { toHostError, VERDICT } from '../../../src/host/outcome.ts'
import { DEFAULT_LIMITS } from '../../../src/manifest/limits.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

type Event = readonly [name: string, detail: Readonly<Record<string, unknown>>]

function openLog(logBytesPerSecond = 1000): { readonly events: Event[], readonly log: (...line: unknown[]) => void } {
  const events: Event[] = []
  const receiver = new LogReceiver({ ...DEFAULT_LIMITS, logBytesPerSecond }, (name, detail) => events.push([name, { ...detail }]))
  return { events, log: (...line) => receiver.receive({ text: JSON.stringify(line), buffers: [] }) }
}

describe('a log line', () => {
  it('becomes one event a line, with tabs and control characters made visible', () => {
    const { events, log } = openLog()
    log('warn', 'a\tb\r\nc\u001b[31m\u202ed\re', 0)

    expect(events).toEqual([
      ['log', { level: 'warn', text: 'a  b' }],
      ['log', { level: 'warn', text: 'c\\u001b[31m\\u202ed\\u000de' }],
    ])
  })

  it.each<readonly [string, readonly unknown[]]>([
    ['an unknown level', ['log', 'x', 0]],
    ['a level of Array.prototype', ['push', 'x', 0]],
    ['a level that is no text', [1, 'x', 0]],
    ['text that is no text', ['info', ['x'], 0]],
    ['text beyond all measure', ['info', 'x'.repeat(20_000), 0]],
    ['no count', ['info', 'x']],
    ['nothing', []],
  ])('with %s is a breach', (_name, line) => {
    expect(() => openLog().log(...line)).toThrow(expect.objectContaining({ code: 'malformed-message' }))
  })

  it.each(['', '{', '[['.repeat(100_000), '{"length":3}', 'null'])('that is no list is a breach (%#)', (text) => {
    const receiver = new LogReceiver(DEFAULT_LIMITS, () => {})

    expect(() => receiver.receive({ text, buffers: [] })).toThrow(expect.objectContaining({ code: 'malformed-message' }))
  })

  it('over the rate is lost, which is told once for each stretch', () => {
    const { events, log } = openLog(100)
    for (let n = 0; n < 5; n++) log('info', 'x'.repeat(60), 0)
    vi.advanceTimersByTime(1000)
    for (let n = 0; n < 5; n++) log('info', 'x'.repeat(60), 0)

    expect(events.map(([name]) => name)).toEqual(['log', 'limit', 'log', 'limit'])
    expect(events[1]?.[1]).toMatchObject({ code: 'rate-limit' })
  })

  it('after lines that the guest dropped tells of them', () => {
    const { events, log } = openLog()
    log('info', 'x', 3)

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
