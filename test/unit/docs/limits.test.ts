/** The table of limits in the host guide says what the code has. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { RATES } from '../../../src/limit/rate.ts'
import { SUBJECT_LIMITS } from '../../../src/limit/subject.ts'
import { DEFAULT_LIMITS, FIXED_LIMITS, LIMIT_NAMES, LIMIT_RANGE } from '../../../src/manifest/limits.ts'

const guide = readFileSync(new URL('../../../docs/host-guide.md', import.meta.url), 'utf8')
const lines = (/^## Limits$(.*?)^## /ms.exec(guide)?.[1] ?? '').split('\n').filter((line) => /^\| `\w+` \|/.test(line))
const rows = lines.filter((line) => line.split('|').length === 8)
const fixedRows = lines.filter((line) => line.split('|').length === 5)

const UNITS = [['TiB', 2 ** 40], ['GiB', 2 ** 30], ['MiB', 2 ** 20], ['KiB', 2 ** 10]] as const

function written(name: string, value: number): string {
  const [unit, size] = UNITS.find(([, bytes]) => name.includes('Bytes') && value >= bytes && value % bytes === 0) ?? ['', 1]
  const digits = String(value / size).replace(/\B(?=(\d{3})+$)/g, value / size >= 10_000 ? ' ' : '')
  return unit === '' ? digits : `${digits} ${unit}`
}

it('has each limit once, with its default, its range and whether a subject may have it', () => {
  const expected = LIMIT_NAMES.map((name) => {
    const [min, max] = LIMIT_RANGE[name]
    const kind = name in RATES ? 'rate' : ''
    return `| \`${name}\` | ${written(name, DEFAULT_LIMITS[name])} | ${written(name, min)} to ${written(name, max)} | ${kind} | ${SUBJECT_LIMITS.has(name) ? 'yes' : ''} |`
  })

  expect(rows.map((row) => row.split('|').slice(0, 6).join('|') + '|')).toEqual(expected)
})

it('has each limit that nobody sets, with its value', () => {
  expect(fixedRows.map((row) => row.split('|').slice(0, 3).join('|'))).toEqual(Object.entries(FIXED_LIMITS).map(([name, value]) => `| \`${name}\` | ${written(name, value)} `))
})
