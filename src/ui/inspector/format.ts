/** Numbers for people: three digits are enough to see what is large. */

export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  const power = bytes < 1 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), units.length - 1)
  return `${digits(bytes / 1024 ** power)} ${units[power]}`
}

export function formatMs(ms: number): string {
  return ms < 1000 ? `${digits(ms)} ms` : `${digits(ms / 1000)} s`
}

export function formatCount(count: number): string {
  return Math.round(count).toLocaleString('en').replaceAll(',', '\u202f')
}

/** Of today the time, of other days the day and the minute. */
export function formatTime(time: number, now: number = Date.now()): string {
  const [date, at] = new Date(time - new Date(time).getTimezoneOffset() * 60_000).toISOString().slice(0, 23).split('T')
  return new Date(time).toDateString() === new Date(now).toDateString() ? at ?? '' : `${date} ${at?.slice(0, 5)}`
}

/** By the end of a limit's name. */
export function formatLimit(limit: string, value: number): string {
  if (/Bytes(?:Per\w+)?$/i.test(limit)) return formatBytes(value)
  if (/Ms(?:Per\w+)?$/.test(limit)) return formatMs(value)
  if (/Mib$/.test(limit)) return formatBytes(value * 2 ** 20)
  return formatCount(value)
}

function digits(value: number): string {
  return value >= 100 || Number.isInteger(value) ? String(Math.round(value)) : value.toPrecision(3).replace(/\.?0+$/, '')
}
