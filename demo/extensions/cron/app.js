// Explains a cron expression and lists its next times: JavaScript that became a WebAssembly component, engine included.
const FIELDS = [
  { name: 'minute', min: 0, max: 59 },
  { name: 'hour', min: 0, max: 23 },
  { name: 'day', min: 1, max: 31 },
  { name: 'month', min: 1, max: 12, words: ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'] },
  { name: 'weekday', min: 0, max: 7, words: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] },
]
const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']

const MINUTE_MS = 60_000
const DAY_MS = 1_440 * MINUTE_MS
/** 29 February on one weekday comes back after at most 40 years. */
const HORIZON_DAYS = 40 * 366

export const schedule = {
  explain(expression, after, count) {
    const start = Date.parse(after)
    if (Number.isNaN(start)) throw { tag: 'bad-time', val: after.slice(0, 100) }
    const texts = expression.trim().split(/\s+/)
    if (texts.length !== FIELDS.length) throw { tag: 'wrong-length', val: texts.length }
    const plan = FIELDS.map((field, index) => parseField(field, texts[index].toLowerCase()))
    return { words: describe(plan), times: nextTimes(plan, start, Math.min(count, 100)) }
  },
}

/** @returns {{ values: Set<number>, isAll: boolean, text: string }} */
function parseField(field, text) {
  const values = new Set()
  for (const part of text.split(',')) addPart(field, part, values)
  if (field.name === 'weekday' && values.delete(7)) values.add(0)
  return { values, isAll: text === '*', text }
}

function addPart(field, part, values) {
  const match = /^(?:(\*)|(\w+)(?:-(\w+))?)(?:\/(\d+))?$/.exec(part)
  if (match === null) throw bad(field, `cannot read ${part}`)
  const [, all, first, last, every] = match
  const from = all ? field.min : toValue(field, first)
  const to = all || (every !== undefined && last === undefined) ? field.max : toValue(field, last ?? first)
  const step = every === undefined ? 1 : Number(every)
  if (step === 0) throw bad(field, 'a step of nothing')
  if (from > to) throw bad(field, `${part} runs backwards`)
  for (let value = from; value <= to; value += step) values.add(value)
}

function toValue(field, text) {
  const word = field.words?.indexOf(text) ?? -1
  const value = word >= 0 ? word + field.min : /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (value >= field.min && value <= field.max) return value
  throw bad(field, `${text} is not from ${field.min} to ${field.max}`)
}

function bad(field, message) {
  return { tag: 'bad-field', val: [field.name, message.slice(0, 100)] }
}

function nextTimes([minutes, hours, days, months, weekdays], start, count) {
  const times = []
  const first = Math.floor(start / MINUTE_MS) * MINUTE_MS + MINUTE_MS
  const midnight = Math.floor(first / DAY_MS) * DAY_MS
  for (let day = 0; day < HORIZON_DAYS && times.length < count; day++) {
    const date = new Date(midnight + day * DAY_MS)
    if (!months.values.has(date.getUTCMonth() + 1) || !isDay(days, weekdays, date)) continue
    for (const hour of sorted(hours.values)) {
      for (const minute of sorted(minutes.values)) {
        const time = date.getTime() + (hour * 60 + minute) * MINUTE_MS
        if (time >= first && times.length < count) times.push(new Date(time).toISOString())
      }
    }
  }
  return times
}

/** As cron has it: where both days are given, either will do. */
function isDay(days, weekdays, date) {
  const isDate = days.values.has(date.getUTCDate())
  const isWeekday = weekdays.values.has(date.getUTCDay())
  return days.isAll || weekdays.isAll ? isDate && isWeekday : isDate || isWeekday
}

function describe([minutes, hours, days, months, weekdays]) {
  const when = clock(minutes, hours)
  const dates = days.isAll ? '' : `on day ${join(sorted(days.values))}`
  const names = weekdays.isAll ? '' : `on ${join(sorted(weekdays.values).map((day) => DAYS[day]))}`
  const season = months.isAll ? '' : `in ${join(sorted(months.values).map((month) => MONTHS[month - 1]))}`
  const day = [dates, names].filter(Boolean).join(' and ')
  return `${[when, day || 'every day', season].filter(Boolean).join(', ')}.`
}

function clock(minutes, hours) {
  if (minutes.isAll && hours.isAll) return 'Every minute'
  if (minutes.values.size === 1 && hours.values.size <= 4) {
    const minute = String([...minutes.values][0]).padStart(2, '0')
    return `At ${join(sorted(hours.values).map((hour) => `${String(hour).padStart(2, '0')}:${minute}`))}`
  }
  const within = hours.isAll ? 'of every hour' : `of the hours ${join(sorted(hours.values))}`
  return minutes.isAll ? `Every minute ${within}` : `At minute ${join(sorted(minutes.values))} ${within}`
}

function sorted(values) {
  return [...values].sort((a, b) => a - b)
}

function join(list) {
  return list.length < 2 ? list.join('') : `${list.slice(0, -1).join(', ')} and ${list.at(-1)}`
}
