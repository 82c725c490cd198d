// @ts-check
/** Numbers to a Markdown table. Beside a peer's value stands how many times as much glovebox takes: that holds on other machines too. */
import { PEERS, ROWS } from './rows.mjs'

/** @param {import('./rows.mjs').Read} read @returns {{ text: string, missed: readonly string[], values: Record<string, number> }} */
export function renderTable(read) {
  const peers = Object.keys(PEERS)
  const lines = [
    `| | glovebox | target | | ${Object.values(PEERS).join(' | ')} |`,
    `|---|--:|--:|---|${peers.map(() => '--:|').join('')}`,
  ]
  /** @type {string[]} */
  const missed = []
  /** @type {Record<string, number>} */
  const values = {}
  for (const { label, unit, target, value, peer } of ROWS) {
    const own = value(read)
    values[label] = own
    const isMissed = target !== undefined && own > target
    if (isMissed) missed.push(`${label}: ${format(own)} ${unit}, ${format(own - target)} ${unit} over ${target} ${unit}`)
    const verdict = target === undefined || Number.isNaN(own) ? '' : isMissed ? 'missed' : 'ok'
    const others = peers.map((name) => {
      const other = peer?.(read, name) ?? NaN
      if (Number.isNaN(other)) return ''
      return other > 0 ? `${format(other)} (${format(own / other)}x)` : format(other)
    })
    lines.push(`| ${label} | ${format(own)} ${unit} | ${target === undefined ? '' : `${target} ${unit}`} | ${verdict} | ${others.join(' | ')} |`)
  }
  return { text: lines.join('\n'), missed, values }
}

/** Three digits that matter. @param {number} value */
function format(value) {
  if (!Number.isFinite(value)) return '-'
  const size = Math.abs(value)
  return size >= 100 ? value.toFixed(0) : size >= 10 ? value.toFixed(1) : size >= 1 ? value.toFixed(2) : value.toFixed(3)
}
