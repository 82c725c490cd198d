import { expect, test } from 'vitest'
import { call, load } from './harness.ts'

const ZONES = [
  'UTC', 'America/New_York', 'Europe/London', 'Europe/Vienna', 'Australia/Lord_Howe', 'Asia/Kolkata', 'America/St_Johns', 'Africa/Casablanca', 'Pacific/Apia',
]
const YEARS = [1975, 2011, 2024]

/** Times in ms around every change of the zone's offset, and a few elsewhere. */
function timesAround(zone: string): number[] {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' })
  const offset = (ms: number): string => format.format(ms).split(', ')[1] ?? ''
  const times = [0, 1e12, -1e12, 4e12]
  for (const year of YEARS) {
    const start = Date.UTC(year, 0, 1)
    for (let ms = start; ms < start + 366 * 864e5; ms += 9e5) {
      if (offset(ms) !== offset(ms + 9e5)) for (let step = -160; step <= 160; step++) times.push(ms + step * 6e5)
    }
  }
  return times
}

/** The same local times made in every way that there is. */
const SOURCE = `
  const show = (d) => [d.getTime(), d.getFullYear(), d.getMonth(), d.getDate(), d.getHours(), d.getMinutes(), d.getDay(), d.getTimezoneOffset()].join()
  const parts = (u) => [u.getUTCFullYear(), u.getUTCMonth(), u.getUTCDate(), u.getUTCHours(), u.getUTCMinutes()]
  const set = (y, m, d, h, i) => { const x = new Date(2000, 0, 1, 12, 30); x.setFullYear(y, m, d); x.setHours(h, i); return x }
  export const get = (times) => times.map((t) => show(new Date(t)))
  export const make = (times) => times.map((t) => show(new Date(...parts(new Date(t)))))
  export const put = (times) => times.map((t) => show(set(...parts(new Date(t)))))
  export const parse = (times) => times.map((t) => show(new Date(new Date(t).toISOString().slice(0, 16))))
  export const zoned = (times) => times.map((t) => show(new Date(new Date(t).toISOString().replace('Z', '+01:00'))))
  export const round = (times) => times.map((t) => [Date.parse(String(new Date(t))) === t - t % 1000, Date.parse(new Date(t).toUTCString()) === t - t % 1000].join())`

test.each(ZONES)('local time in %s is as natively', async (timeZone) => {
  const { vm } = await load(SOURCE, { region: { timeZone } })
  const times = timesAround(timeZone)
  const before = process.env['TZ']
  process.env['TZ'] = timeZone
  try {
    const native = (await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(SOURCE)}`)) as Record<string, (times: readonly number[]) => string[]>
    for (const name of ['get', 'make', 'put', 'parse', 'zoned', 'round']) expect(await call(vm, name, [times], 5000), name).toEqual(native[name]?.(times))
  } finally {
    if (before === undefined) delete process.env['TZ']
    else process.env['TZ'] = before
  }
})

test('the Date of another time zone looks like the engine\'s own', async () => {
  const body = `export const look = () => { class D extends Date {}; const d = new D(2024, 0, 1); return [Date.name, Date.length, Reflect.ownKeys(Date).length,
    typeof Date(), d instanceof D, d instanceof Date, d.constructor === D, new Date(new Date(5)).getTime(), new Date(null).getTime(), new Date(undefined).getTime(),
    new Date({ valueOf: () => '2024-01-01' }).getTime(), Date.prototype.setHours.length, Date.prototype.setHours.name, new Date(NaN).setHours(1),
    new Date(NaN).setFullYear(2024) > 0, Object.prototype.toString.call(d), new Date(99, 1).getFullYear(), new Date(2024, 0, 1, 0, 0, 0, 7).getMilliseconds()] }`
  const { vm } = await load(body, { region: { timeZone: 'America/New_York' } })
  const utc = await load(body)

  expect(await call(vm, 'look')).toEqual(await call(utc.vm, 'look'))
})
