// A CSV explorer on Papa Parse. It keeps the parsed table in its own memory and hands out one page of rows at a time.
import Papa from './vendor/papaparse.js'
import { describeColumn, toNumber } from './column.js'

let table

export function open(text) {
  const { data, errors, meta } = Papa.parse(text.trim(), { header: true, skipEmptyLines: true })
  const columns = (meta.fields ?? []).map((name) =>
    describeColumn(
      name,
      data.map((row) => row[name] ?? ''),
    ),
  )
  for (const { row, message } of errors.slice(0, 20)) console.warn(`row ${row ?? '?'}: ${message}`)
  table = { columns, rows: data }
  console.info(`${data.length} rows, ${columns.length} columns, delimiter ${JSON.stringify(meta.delimiter)}`)
  return { columns, rowCount: data.length, delimiter: meta.delimiter, problems: errors.length }
}

export function view({ sort = null, descending = false, filter = '', offset = 0, limit = 10 }) {
  if (table === undefined) throw Object.assign(new Error('No table is open.'), { code: 'not-open' })
  const needle = filter.toLowerCase()
  const names = table.columns.map((column) => column.name)
  let rows = table.rows
  if (needle !== '') rows = rows.filter((row) => names.some((name) => (row[name] ?? '').toLowerCase().includes(needle)))
  const column = table.columns.find(({ name }) => name === sort)
  if (column) rows = rows.toSorted ? rows.toSorted(comparing(column, descending)) : [...rows].sort(comparing(column, descending))
  return { matches: rows.length, rows: rows.slice(offset, offset + limit).map((row) => names.map((name) => row[name] ?? '')) }
}

function comparing({ name, type }, descending) {
  const sign = descending ? -1 : 1
  if (type === 'number') return (a, b) => sign * (toNumber(a[name]) - toNumber(b[name]))
  return (a, b) => sign * (a[name] < b[name] ? -1 : a[name] > b[name] ? 1 : 0)
}
