/**
 * `console.table` as text. Like `inspect` it looks at own data properties only, never at more than it shows, and never throws.
 * https://console.spec.whatwg.org/#table
 */
import { inspectLine } from './inspect.ts'

const MAX_ROWS = 100
const MAX_COLUMNS = 20
const MAX_CELL = 60
const INDEX = '(index)'
const VALUE = 'Value'

type Row = readonly [label: string, value: unknown]

/** Undefined where there is no table to draw: `data` is primitive, or hostile. */
export function drawTable(data: unknown, columns: unknown): string | undefined {
  if (typeof data !== 'object' || data === null) return undefined
  try {
    const rows = rowsOf(data)
    const chosen = Array.isArray(columns) ? columns.slice(0, MAX_COLUMNS).map(String) : undefined
    const names = chosen ?? columnsOf(rows)
    const hasValues = chosen === undefined && rows.some(([, value]) => !isObject(value))
    const head = [INDEX, ...names, ...(hasValues ? [VALUE] : [])]
    const body = rows.map(([label, value]) => {
      const cells = names.map((name) => (isObject(value) && Object.hasOwn(value, name) ? cellOf(value, name) : ''))
      return [label, ...cells, ...(hasValues ? [isObject(value) ? '' : inspectLine(value, MAX_CELL)] : [])]
    })
    return draw(head.map(cut), body.map((row) => row.map(cut)))
  } catch {
    return undefined
  }
}

function rowsOf(data: object): Row[] {
  const rows: Row[] = []
  const add = (label: string, value: unknown): boolean => rows.push([label, value]) < MAX_ROWS
  if (data instanceof Map) {
    for (const [key, value] of Map.prototype.entries.call(data)) if (!add(inspectLine(key, MAX_CELL), value)) break
  } else if (data instanceof Set) {
    for (const value of Set.prototype.values.call(data)) if (!add(String(rows.length), value)) break
  } else {
    for (const key of Object.keys(data)) if (!add(key, Object.getOwnPropertyDescriptor(data, key)?.value)) break
  }
  return rows
}

function columnsOf(rows: readonly Row[]): string[] {
  const names = new Set<string>()
  for (const [, value] of rows) {
    if (!isObject(value)) continue
    for (const key of Object.keys(value)) {
      if (names.size >= MAX_COLUMNS) return [...names]
      names.add(key)
    }
  }
  return [...names]
}

function cellOf(value: object, name: string): string {
  const property = Object.getOwnPropertyDescriptor(value, name)
  return property !== undefined && 'value' in property ? inspectLine(property.value, MAX_CELL) : '[Getter]'
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function cut(text: string): string {
  const line = text.replaceAll('\n', ' ')
  return line.length > MAX_CELL ? `${line.slice(0, MAX_CELL - 3)}...` : line
}

function draw(head: readonly string[], body: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...body.map((row) => row[column]?.length ?? 0)))
  const rule = `+${widths.map((width) => '-'.repeat(width + 2)).join('+')}+`
  const line = (cells: readonly string[]): string => `|${widths.map((width, column) => ` ${(cells[column] ?? '').padEnd(width)} `).join('|')}|`
  return [rule, line(head), rule, ...body.map(line), rule].join('\n')
}
