// @ts-check
/** Results as a table of counts, a list of what did not pass, and the committed document. */

/** @typedef {import('./suite.mjs').Guest} Guest */
/** @typedef {{ readonly status: 'pass' } | { readonly status: 'fail' | 'skip', readonly reason: string }} Result */
/** @typedef {{ readonly engine: string, readonly version: string, readonly results: ReadonlyMap<string, Result> }} EngineResults */

/** @param {Guest} guest */
export function keyOf({ language, name }) {
  return `${language}/${name}`
}

/** @param {readonly Guest[]} guests @param {readonly EngineResults[]} engines */
export function renderCounts(guests, engines) {
  const languages = [...new Set(guests.map(({ language }) => language))]
  const header = ['engine', ...languages, 'all', 'fail', 'skip']
  const rows = engines.map(({ version, results }) => {
    /** @param {readonly Guest[]} some @param {Result['status']} status */
    const count = (some, status) => some.filter((guest) => results.get(keyOf(guest))?.status === status).length
    const parts = [...languages.map((language) => guests.filter((guest) => guest.language === language)), guests]
    return [version, ...parts.map((some) => `${count(some, 'pass')} of ${some.length}`), `${count(guests, 'fail')}`, `${count(guests, 'skip')}`]
  })
  return toTable([header, ...rows])
}

/** @param {readonly Guest[]} guests @param {readonly EngineResults[]} engines */
export function renderGuests(guests, engines) {
  const rows = guests.map((guest) => [keyOf(guest), ...engines.map(({ results }) => results.get(keyOf(guest))?.status ?? 'fail')])
  return toTable([['guest', ...engines.map(({ engine }) => engine)], ...rows])
}

/** Every line that is not a pass, with its reason. @param {readonly EngineResults[]} engines */
export function renderReasons(engines) {
  const lines = engines.flatMap(({ engine, results }) => [...results].flatMap(([key, result]) =>
    result.status === 'pass' ? [] : [`- ${engine} ${key}: ${result.status}: ${result.reason}`]))
  return lines.length === 0 ? 'Every guest passes in every engine.' : lines.join('\n')
}

/** @param {{ guests: readonly Guest[], engines: readonly EngineResults[], commit: string | undefined }} all */
export function renderDocument({ guests, engines, commit }) {
  return `# Conformance

\`npm run conformance -- <folder>\` runs the prebuilt preview 1 guests of the public [wasi-testsuite](https://github.com/WebAssembly/wasi-testsuite)
(branch \`prod/testsuite-all\`) as extensions of the core lane, with the default limits (only time is given to slow machines), and compares exit code and output with
what the suite expects. The suite is not part of this repository: \`<folder>\` is a checkout of that branch. With \`--write\` the command writes this file.

Suite: commit \`${commit ?? 'unknown'}\`, ${guests.length} guests.

${renderCounts(guests, engines)}

${renderReasons(engines)}

Other people's tests of the web API in the script lane are run by \`npm run conformance:web\`, which prints its own table.

## Every guest

${renderGuests(guests, engines)}
`
}

/** @param {readonly (readonly string[])[]} rows */
function toTable([header = [], ...rows]) {
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)))
  /** @param {readonly string[]} cells */
  const line = (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  return [line(header), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...rows.map(line)].join('\n')
}
