// @ts-check
/** Numbers to a Markdown table. Beside a peer's value stands how many times as much glovebox takes: that holds on other machines too. */
import { TABLES } from './rows.mjs'

/** @param {import('./rows.mjs').Read} read @returns {{ text: string, missed: readonly string[], values: Record<string, number> }} */
export function renderTable(read) {
  const rows = TABLES.flatMap((table) => withNames(table.rows).map(([name, row]) => ({ name, ...row, own: row.value(read) })))
  const missed = rows.filter(isMissed).map(({ name, unit, target = 0, own }) =>
    `${name}: ${format(own)} ${unit}, ${format(own - target)} ${unit} over ${target} ${unit}`)
  return {
    text: TABLES.map((table) => `${table.title}\n\n${renderOne(table, read)}`).join('\n\n'),
    missed,
    values: Object.fromEntries(rows.map(({ name, own }) => [name, own])),
  }
}

/** @param {typeof TABLES[number]} table @param {import('./rows.mjs').Read} read */
function renderOne({ peers, rows }, read) {
  const lines = rows.map((row) => {
    const { label, unit, target, value, peer } = row
    const own = value(read)
    const verdict = target === undefined || Number.isNaN(own) ? '' : isMissed({ ...row, own }) ? 'missed' : 'ok'
    const others = Object.keys(peers).map((name) => {
      const other = peer?.(read, name) ?? NaN
      if (Number.isNaN(other)) return ''
      return other > 0 ? `${format(other)} (${format(own / other)}x)` : format(other)
    })
    return `| ${label} | ${format(own)} ${unit} | ${target === undefined ? '' : `${target} ${unit}`} | ${verdict} | ${others.join(' | ')} |`
  })
  return [
    `| | glovebox | target | | ${Object.values(peers).join(' | ')} |`,
    `|---|--:|--:|---|${Object.keys(peers).map(() => '--:|').join('')}`,
    ...lines,
  ].join('\n')
}

/** A label that begins with a dash goes on with the last one that does not. @param {readonly import('./rows.mjs').Row[]} rows */
function withNames(rows) {
  let head = ''
  return rows.map((row) => {
    const isPart = row.label.startsWith('- ')
    if (!isPart) head = row.label
    return /** @type {const} */ ([isPart ? `${head} ${row.label}` : row.label, row])
  })
}

/** @param {Pick<import('./rows.mjs').Row, 'target'> & { own: number }} row */
function isMissed({ target, own }) {
  return target !== undefined && own > target
}

/** Three digits that matter. @param {number} value */
function format(value) {
  if (!Number.isFinite(value)) return '-'
  const size = Math.abs(value)
  return size >= 100 ? value.toFixed(0) : size >= 10 ? value.toFixed(1) : size >= 1 ? value.toFixed(2) : value.toFixed(3)
}
