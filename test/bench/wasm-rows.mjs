// @ts-check
/**
 * The second table: guests in WebAssembly. A component (photo, 74 kB, Rust) beside what jco makes of it ahead of time; an Extism plug-in beside
 * Extism; a command of WASI preview 1 beside a shim. A peer's column holds what its kind of guest can be asked for.
 */

/** Columns of the table, in order; `glovebox` is the first. */
export const WASM_PEERS = Object.freeze({
  'jco': 'jco output, main thread',
  'extism-worker': 'Extism, worker',
  'extism-main': 'Extism, main thread',
  'shim': 'browser_wasi_shim, main thread',
})

/** @type {readonly import('./rows.mjs').Page[]} */
export const WASM_PAGES = [
  { name: 'first-result.component' },
  { name: 'first-result.component', after: 'first-result.component' },
  { name: 'first-result.component-jco' },
  { name: 'first-result.component-jco', after: 'first-result.component-jco' },
  { name: 'first-result.component-large', guest: 'units', every: 2 },
  { name: 'first-result.component-large', after: 'first-result.component-large', guest: 'units', every: 2 },
  { name: 'guest-starts.component', isolated: true },
  { name: 'guest-starts.plugin', isolated: true },
  { name: 'guest-starts.command', isolated: true },
  { name: 'starts.component-jco', isolated: true },
  { name: 'starts.plugin-extism-worker', isolated: true },
  { name: 'starts.plugin-extism-main', isolated: true },
  { name: 'guest-resets.component', isolated: true },
  { name: 'guest-resets.plugin', isolated: true },
  { name: 'calls.component', isolated: true },
  { name: 'calls.component-jco', isolated: true },
  { name: 'calls.plugin', isolated: true },
  { name: 'calls.plugin-extism-worker', isolated: true },
  { name: 'calls.plugin-extism-main', isolated: true },
  { name: 'calls.command', isolated: true },
  { name: 'calls.command-shim', isolated: true },
  { name: 'guest-waits.jspi', isolated: true },
  { name: 'guest-waits.shared-buffer', isolated: true },
  { name: 'instances.component', isolated: true, every: 2 },
  { name: 'instances.component', after: 'instances.component', isolated: true, every: 2 },
  { name: 'instances.component-jco', isolated: true, every: 2 },
  { name: 'instances.plugin', isolated: true, every: 2 },
  { name: 'instances.plugin-extism-worker', isolated: true, every: 2 },
  { name: 'instances.plugin-extism-main', isolated: true, every: 2 },
]

/** @typedef {import('./rows.mjs').Read} Read */
/** @typedef {import('./rows.mjs').Row} Row */

/** The same field of glovebox's page and of a peer's. @param {string} page @param {string} field @returns {Pick<Row, 'value' | 'peer'>} */
const of = (page, field) => ({ value: (read) => read(page, field), peer: (read, peer) => read(`${page}-${peer}`, field) })

/** Starts of a peer are further ones on the same page. @param {string} kind @param {string} field @returns {Pick<Row, 'value' | 'peer'>} */
const ofStarts = (kind, field) => ({
  value: (read) => read(`guest-starts.${kind}`, field),
  peer: (read, peer) => read(`starts.${kind}-${peer}`, 'startMs'),
})

/** Over the same page without it. @param {Read} read @param {string} subject */
const firstResult = (read, subject) => read(`first-result.${subject}`, 'shownMs') - read('first-result.nothing', 'shownMs')

/** @param {Read} read @param {string} page */
const afterReady = (read, page) => read(page, 'shownMs') - read(page, 'readyAtMs')

/** @param {Read} read @param {string} page */
const installing = (read, page) => read(page, 'installedAtMs') - read(page, 'readyAtMs')

/** @param {Read} read @param {string} page @param {string} field @param {string} program  of the peer @param {string} peerField */
const timesExtism = (read, page, field, program, peerField) => read(page, field) / read(`${program}.plugin-extism-worker`, peerField)

const MB_PER_MIB = 2 ** 20 / 1e6

/** @param {Read} read @param {string} subject @param {'+' | ''} [load]  the second one: nothing is prepared in it */
const ofOne = (read, subject, load = '') => read(`${load}instances.${subject}`, 'mib1') * MB_PER_MIB

/** @param {Read} read @param {string} subject @param {'+' | ''} [load] */
const perFurther = (read, subject, load = '') => {
  const page = `${load}instances.${subject}`
  return (read(page, 'mib10') - read(page, 'mib1')) / 9 * MB_PER_MIB
}

/** @param {(read: Read, subject: string) => number} formula @param {string} kind @returns {Pick<Row, 'value' | 'peer'>} */
const by = (formula, kind) => ({ value: (read) => formula(read, kind), peer: (read, peer) => formula(read, `${kind}-${peer}`) })

/** @type {readonly Row[]} */
export const WASM_ROWS = [
  {
    label: 'component of 74 kB: box ready to installed (prepared), nothing cached', unit: 'ms',
    value: (read) => installing(read, 'first-result.component'),
  },
  { label: '- first result, nothing cached, over the same page without it', unit: 'ms', ...by(firstResult, 'component') },
  { label: '- page load to first result, cached', unit: 'ms', target: 250, ...of('+first-result.component', 'shownMs') },
  { label: '- box ready to first result, cached', unit: 'ms', target: 60, value: (read) => afterReady(read, '+first-result.component') },
  {
    label: 'component of 18 MB (Python): box ready to installed (prepared), nothing cached', unit: 'ms',
    value: (read) => installing(read, 'first-result.component-large'),
  },
  { label: '- first result, nothing cached, over the same page without it', unit: 'ms', value: (read) => firstResult(read, 'component-large') },
  { label: '- page load to first result, cached', unit: 'ms', value: (read) => read('+first-result.component-large', 'shownMs') },
  { label: '- box ready to first result, cached', unit: 'ms', value: (read) => afterReady(read, '+first-result.component-large') },
  { label: 'component: start, cold worker', unit: 'ms', target: 40, ...ofStarts('component', 'coldMs') },
  { label: '- cold worker in a cold frame', unit: 'ms', value: (read) => read('guest-starts.component', 'coldFrameMs') },
  { label: '- on its own spare', unit: 'ms', target: 3, value: (read) => read('guest-starts.component', 'spareMs') },
  { label: '- first call after a start', unit: 'ms', value: (read) => read('guest-starts.component', 'firstCallMs') },
  {
    label: 'component: instantiated anew, as the next call feels it', unit: 'ms', target: 1,
    value: (read) => read('guest-resets.component', 'resetMs'), peer: (read, peer) => read(`starts.component-${peer}`, 'startMs'),
  },
  { label: 'component: call p50', unit: 'ms', target: 0.25, ...of('calls.component', 'p50Ms') },
  { label: '- call p99', unit: 'ms', ...of('calls.component', 'p99Ms') },
  { label: 'import that waits, JSPI; host half returns at once', unit: 'ms', target: 0.3, value: (read) => read('guest-waits.jspi', 'queryMs') },
  { label: '- shared buffer', unit: 'ms', value: (read) => read('guest-waits.shared-buffer', 'queryMs') },
  { label: 'import storage.get (IndexedDB), JSPI', unit: 'ms', value: (read) => read('guest-waits.jspi', 'storageMs') },
  { label: '- shared buffer', unit: 'ms', value: (read) => read('guest-waits.shared-buffer', 'storageMs') },
  { label: 'component: memory of one instance', unit: 'MB', ...by(ofOne, 'component') },
  { label: '- each further one, of 10', unit: 'MB', ...by(perFurther, 'component') },
  { label: '- one, prepared by an earlier page', unit: 'MB', value: (read) => ofOne(read, 'component', '+') },
  { label: '- each further one, prepared by an earlier page', unit: 'MB', value: (read) => perFurther(read, 'component', '+') },
  { label: 'Extism plug-in: start, cold worker', unit: 'ms', target: 40, ...ofStarts('plugin', 'coldMs') },
  { label: '- cold worker in a cold frame', unit: 'ms', value: (read) => read('guest-starts.plugin', 'coldFrameMs') },
  { label: '- on its own spare', unit: 'ms', target: 3, value: (read) => read('guest-starts.plugin', 'spareMs') },
  {
    label: '- cold worker, over Extism in a worker', unit: 'x', target: 1,
    value: (read) => timesExtism(read, 'guest-starts.plugin', 'coldMs', 'starts', 'startMs'),
  },
  {
    label: 'Extism plug-in: instantiated anew, as the next call feels it', unit: 'ms', target: 1,
    value: (read) => read('guest-resets.plugin', 'resetMs'),
  },
  { label: 'Extism plug-in: call p50', unit: 'ms', target: 0.25, ...of('calls.plugin', 'p50Ms') },
  { label: '- over Extism in a worker', unit: 'x', target: 1, value: (read) => timesExtism(read, 'calls.plugin', 'p50Ms', 'calls', 'p50Ms') },
  { label: '- that calls a function of the page', unit: 'ms', ...of('calls.plugin', 'askMs') },
  {
    label: '- that calls a function of the page, over Extism in a worker', unit: 'x', target: 1,
    value: (read) => timesExtism(read, 'calls.plugin', 'askMs', 'calls', 'askMs'),
  },
  { label: 'Extism plug-in: memory of one instance', unit: 'MB', ...by(ofOne, 'plugin') },
  { label: '- each further one, of 10', unit: 'MB', ...by(perFurther, 'plugin') },
  { label: 'command: start, cold worker', unit: 'ms', target: 40, value: (read) => read('guest-starts.command', 'coldMs') },
  { label: 'command: run p50, in fresh memory', unit: 'ms', ...of('calls.command', 'p50Ms') },
  { label: 'worker of components, gzip', unit: 'kB', value: (read) => read('sizes', 'componentWorkerGzipKb') },
  { label: 'worker of core modules, gzip', unit: 'kB', value: (read) => read('sizes', 'coreWorkerGzipKb') },
  { label: 'preparer, gzip', unit: 'kB', value: (read) => read('sizes', 'preparerGzipKb') },
  { label: '- its transpiler (WebAssembly), gzip', unit: 'kB', value: (read) => read('sizes', 'transpilerGzipKb') },
  { label: 'page half, loaded with the first of them, gzip', unit: 'kB', value: (read) => read('sizes', 'wasmProgramGzipKb') },
]
