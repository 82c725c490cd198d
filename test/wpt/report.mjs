// @ts-check
/** The numbers as a table, and what fails as text. There are no expectations: a subtest passes or not. */

/** @typedef {'ours' | 'plain' | 'raw'} Way */
/** @typedef {{ readonly tests: readonly (readonly [name: string, status: number, message: string])[], readonly ended?: { readonly status: number, readonly message: string }, readonly broken?: string }} Result */
/** @typedef {{ readonly area: string, readonly file: string, readonly results: Readonly<Record<Way, Result>> }} FileResult */

export const WAYS = /** @type {const} */ (['ours', 'plain', 'raw'])
const PASS = 0

/** Subtests that ran in any of the three: an engine that broke off early does not shrink the sum. @param {FileResult} one */
function totalOf(one) {
  return Math.max(1, ...WAYS.map((way) => one.results[way].tests.length))
}

/** @param {FileResult} one @param {Way} way */
function passedOf(one, way) {
  return one.results[way].tests.filter(([, status]) => status === PASS).length
}

/** Subtests that pass in the plain worker and in the extension. @param {FileResult} one */
function sharedOf(one) {
  const names = new Set(one.results.ours.tests.filter(([, status]) => status === PASS).map(([name]) => name))
  return one.results.plain.tests.filter(([name, status]) => status === PASS && names.has(name)).length
}

/** @param {readonly FileResult[]} files */
function sumOf(files) {
  /** @param {(one: FileResult) => number} number */
  const sum = (number) => files.reduce((total, one) => total + number(one), 0)
  return {
    files: files.length,
    subtests: sum(totalOf),
    ours: sum((one) => passedOf(one, 'ours')),
    plain: sum((one) => passedOf(one, 'plain')),
    raw: sum((one) => passedOf(one, 'raw')),
    /** Of what passes in the plain worker: the engine's own gaps are not ours. */
    shared: sum(sharedOf),
  }
}

/** @param {readonly (readonly [area: string, files: readonly FileResult[]])[]} areas */
export function renderTable(areas) {
  const header = ['area', 'files', 'subtests', 'ours', 'plain worker', 'raw QuickJS', 'ours of what the plain worker passes']
  const present = areas.filter(([, files]) => files.length > 0)
  const rows = [...present, /** @type {const} */ (['all', present.flatMap(([, files]) => files)])].map(([area, files]) => {
    const sum = sumOf(files)
    return [area, `${sum.files}`, `${sum.subtests}`, ...WAYS.map((way) => `${sum[way]} (${percent(sum[way], sum.subtests)})`), percent(sum.shared, sum.plain)]
  })
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)))
  /** @param {readonly string[]} cells */
  const line = (cells) => cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  ').trimEnd()
  const missing = areas.filter(([, files]) => files.length === 0).map(([area]) => area)
  return [line(header), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line), ...(missing.length > 0 ? [`not in this copy of the suite: ${missing.join(', ')}`] : [])].join('\n')
}

/** Whole per cents, and never 100 % of less than all. @param {number} part @param {number} whole */
function percent(part, whole) {
  return `${part === whole ? 100 : Math.min(99.9, Math.round((part / whole) * 1000) / 10)} %`
}

/** What fails in an extension, file by file, the worst first. @param {readonly FileResult[]} files */
export function renderFailures(files) {
  return files
    .filter((one) => passedOf(one, 'ours') < totalOf(one))
    .sort((a, b) => totalOf(b) - passedOf(b, 'ours') - (totalOf(a) - passedOf(a, 'ours')))
    .map(renderFile)
    .join('\n\n')
}

const MAX_LINES = 60

/** @param {FileResult} one */
function renderFile(one) {
  const { ours, plain } = one.results
  const passesInPlain = new Set(plain.tests.filter(([, status]) => status === PASS).map(([name]) => name))
  const ran = new Set(ours.tests.map(([name]) => name))
  const failing = ours.tests.filter(([, status]) => status !== PASS)
  const missing = [...passesInPlain].filter((name) => !ran.has(name)).map((name) => /** @type {const} */ ([name, 3, 'did not run']))
  const lines = [...failing, ...missing].map(([name, , message]) => `  - ${name}: ${message}${passesInPlain.has(name) ? '' : ' [plain fails too]'}`.replaceAll(/[\0-\x1f\x7f]+/g, ' '))
  const notes = [ours.broken, ours.ended === undefined && !ours.broken ? 'did not end in time' : undefined, ours.ended?.status ? `harness: ${ours.ended.message}` : undefined]
  return [
    `${one.file}: ${passedOf(one, 'ours')} of ${totalOf(one)} (plain worker ${passedOf(one, 'plain')}, raw ${passedOf(one, 'raw')})`,
    ...notes.flatMap((note) => (note ? [`  ! ${note}`] : [])),
    ...lines.slice(0, MAX_LINES),
    ...(lines.length > MAX_LINES ? [`  ... and ${lines.length - MAX_LINES} more`] : []),
  ].join('\n')
}
