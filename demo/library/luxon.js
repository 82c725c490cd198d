// A weekly meeting over the clock changes of three time zones, and the distances between its dates.
import { DateTime, Duration, Interval, Settings } from 'luxon'

const ZONES = ['America/New_York', 'Europe/Paris', 'Australia/Sydney']

export function run() {
  Settings.defaultLocale = 'en-US'
  const first = DateTime.fromISO('2026-01-05T09:30', { zone: 'Europe/Paris' })
  const meetings = Array.from({ length: 52 }, (_, week) => first.plus({ weeks: week }))
  const lines = meetings.map((meeting) => {
    const times = ZONES.map((zone) => meeting.setZone(zone).toFormat('ccc d LLL yyyy HH:mm ZZ'))
    return `W${meeting.weekNumber} ${times.join(' | ')} ${meeting.isInDST ? 'summer' : 'winter'}`
  })
  const last = meetings.at(-1)
  const span = Interval.fromDateTimes(first, last)
  return [
    ...lines,
    span.toISO(),
    JSON.stringify(last.diff(first, ['months', 'days', 'hours']).toObject()),
    Duration.fromISO('PT200H30M').shiftTo('days', 'hours', 'minutes').toISO(),
    span.splitBy({ months: 3 }).map((part) => part.toISODate()).join(' '),
    first.endOf('quarter').toISO(),
    DateTime.fromFormat('23 Aug 2026 04:05 PM', 'dd LLL yyyy hh:mm a', { zone: 'Asia/Kolkata' }).toUTC().toISO(),
    DateTime.fromISO('2024-02-30').invalidReason,
  ].join('\n')
}
