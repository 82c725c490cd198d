/**
 * Local time inside QuickJS: how far the host's time zone is ahead of UTC, by the worker's own Intl. Date-heavy code asks at every getter,
 * so answers are kept: a day that begins and ends with one offset has it all day, of the others each minute is asked for (some zones
 * changed at one past midnight).
 */

const Format = globalThis.Intl.DateTimeFormat

const DAY_S = 86_400
const MINUTE_S = 60
/** What a Date can say. */
const MAX_S = 8.64e12
/** Answers kept, of each kind. */
const MAX_ANSWERS = 4096
const OFFSET = /GMT([+-])(\d\d):(\d\d)(?::(\d\d))?$/

/** Seconds ahead of UTC at a time in seconds since 1970. @throws {RangeError} when the engine does not know `timeZone` */
export function createLocalOffset(timeZone: string): (seconds: number) => number {
  if (timeZone === 'UTC') return () => 0
  const format = new Format('en-US', { timeZone, timeZoneName: 'longOffset' })
  const read = (seconds: number): number => parseOffset(format.format(seconds * 1000))
  const atDay = remember((day) => read(day * DAY_S))
  const atMinute = remember((minute) => read(minute * MINUTE_S))
  return (seconds) => {
    if (!(Math.abs(seconds) < MAX_S - DAY_S)) return 0
    const day = Math.floor(seconds / DAY_S)
    const offset = atDay(day)
    return offset === atDay(day + 1) ? offset : atMinute(Math.floor(seconds / MINUTE_S))
  }
}

function parseOffset(text: string): number {
  const [, sign, hours, minutes, seconds = '0'] = OFFSET.exec(text) ?? []
  if (sign === undefined) return 0 // "GMT" alone
  return (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * (sign === '-' ? -1 : 1)
}

function remember(find: (key: number) => number): (key: number) => number {
  const known = new Map<number, number>()
  return (key) => {
    const answer = known.get(key)
    if (answer !== undefined) return answer
    if (known.size >= MAX_ANSWERS) known.clear()
    const found = find(key)
    known.set(key, found)
    return found
  }
}
