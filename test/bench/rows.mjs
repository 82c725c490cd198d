// @ts-check
/**
 * The pages to open, and the table's rows: how each comes from the pages' numbers, and its target (for 2 cores). A page is
 * `program.subject`. Rows that a peer can have too say so by `peers`: the same formula over the peer's page.
 */
import { WASM_PAGES, WASM_PEERS, WASM_ROWS } from './wasm-rows.mjs'

/** Columns of the first table, in order; `glovebox` is the first. */
const PEERS = Object.freeze({
  'quickjs-worker': 'quickjs-emscripten, worker + Comlink',
  'quickjs-main': 'quickjs-emscripten, main thread',
  'bare-worker': 'bare Worker + Comlink',
  'opaque-frame': 'opaque iframe + postMessage',
  'frame-worker': 'bare worker in an opaque iframe',
  'wessel': '@sebastianwessel/quickjs',
})

/**
 * @typedef {object} Page
 * @property {string} name
 * @property {boolean} [isolated]
 * @property {string} [after]  the page that opens first, in the same profile
 * @property {number} [every]  only in each n-th round: it is long, and steady
 * @property {string} [guest]  of the gallery, without which it is left out: git does not have it
 */

/** @type {readonly Page[]} */
export const PAGES = [
  { name: 'first-result.nothing' },
  { name: 'first-result.glovebox' },
  { name: 'first-result.quickjs-worker' },
  { name: 'first-result.quickjs-main' },
  { name: 'first-result.wessel' },
  { name: 'first-result.bare-worker' },
  { name: 'first-result.frame-worker' },
  { name: 'first-result.glovebox-url' },
  { name: 'first-result.glovebox-url', after: 'first-result.glovebox-url' },
  { name: 'first-result.nothing', after: 'first-result.nothing' },
  { name: 'calls.glovebox', isolated: true },
  { name: 'calls.bare-worker', isolated: true },
  { name: 'calls.quickjs-worker', isolated: true },
  { name: 'calls.quickjs-main', isolated: true },
  { name: 'calls.opaque-frame', isolated: true },
  { name: 'calls.frame-worker', isolated: true },
  { name: 'glovebox-starts' },
  { name: 'starts.quickjs-worker' },
  { name: 'starts.quickjs-main' },
  { name: 'starts.bare-worker' },
  { name: 'starts.opaque-frame' },
  { name: 'starts.frame-worker' },
  { name: 'glovebox-capabilities', isolated: true },
  { name: 'glovebox-audit', isolated: true },
  { name: 'glovebox-inspector', isolated: true },
  { name: 'glovebox-resets', isolated: true },
  { name: 'glovebox-globals' },
  { name: 'web.glovebox', isolated: true },
  { name: 'web.bare-worker', isolated: true },
  { name: 'web.quickjs-worker', isolated: true },
  { name: 'instances.glovebox', every: 2 },
  { name: 'instances.quickjs-worker', every: 2 },
  { name: 'instances.bare-worker', every: 2 },
  { name: 'instances.frame-worker', every: 2 },
  ...WASM_PAGES,
]

/**
 * A median of a page's number over all rounds; NaN where the page was not opened.
 *
 * @callback Read
 * @param {string} page  with `+` before the name when it was a second load
 * @param {string} field
 * @returns {number}
 */
/**
 * @typedef {object} Row
 * @property {string} label
 * @property {'ms' | 'MB' | 'kB' | 'x'} unit  x: times what the peer takes that the label names
 * @property {number} [target]
 * @property {(read: Read) => number} value
 * @property {(read: Read, peer: string) => number} [peer]
 */

/** @param {string} field @returns {Pick<Row, 'value' | 'peer'>} */
const ofCalls = (field) => ({ value: (read) => read('calls.glovebox', field), peer: (read, peer) => read(`calls.${peer}`, field) })

/** @param {string} field @returns {Pick<Row, 'value' | 'peer'>} */
const ofWeb = (field) => ({ value: (read) => read('web.glovebox', field), peer: (read, peer) => read(`web.${peer}`, field) })

/** @param {Read} read @param {string} field */
const timesBare = (read, field) => read('web.glovebox', field) / read('web.bare-worker', field)

/** @param {Read} read @param {string} subject */
const firstResult = (read, subject) => read(`first-result.${subject}`, 'shownMs') - read('first-result.nothing', 'shownMs')

/** @param {Read} read @param {string} subject @param {number} count */
const perFurther = (read, subject, count) => (read(`instances.${subject}`, `mib${count}`) - read(`instances.${subject}`, 'mib1')) / (count - 1) * MB_PER_MIB

const MB_PER_MIB = 2 ** 20 / 1e6

/** @type {readonly Row[]} */
const ROWS = [
  { label: 'box ready (createGlovebox)', unit: 'ms', value: (read) => read('first-result.glovebox', 'readyMs') },
  {
    label: 'first result, nothing cached, over the same page without it', unit: 'ms', target: 120,
    value: (read) => firstResult(read, 'glovebox'), peer: firstResult,
  },
  { label: '- the same, package by URL', unit: 'ms', value: (read) => firstResult(read, 'glovebox-url') },
  {
    label: '- the same, second load (all cached)', unit: 'ms',
    value: (read) => read('+first-result.glovebox-url', 'shownMs') - read('+first-result.nothing', 'shownMs'),
  },
  { label: 'start with the spare', unit: 'ms', target: 40, value: (read) => read('glovebox-starts', 'withSpareMs') },
  {
    label: 'start without the spare', unit: 'ms', target: 150,
    value: (read) => read('glovebox-starts', 'withoutSpareMs'), peer: (read, peer) => read(`starts.${peer}`, 'startMs'),
  },
  { label: 'start with the spare, every global touched', unit: 'ms', target: 5, value: (read) => read('glovebox-globals', 'startMs') },
  { label: 'call p50', unit: 'ms', target: 0.2, ...ofCalls('p50Ms') },
  { label: 'call p99', unit: 'ms', ...ofCalls('p99Ms') },
  { label: 'capability, host half returns at once, p50', unit: 'ms', target: 0.35, value: (read) => read('glovebox-capabilities', 'queryMs') },
  { label: 'capability storage.get (IndexedDB), p50', unit: 'ms', value: (read) => read('glovebox-capabilities', 'storageMs') },
  { label: 'capability, the broker alone, its audit row queued', unit: 'ms', target: 0.05, value: (read) => read('glovebox-audit', 'brokerMs') },
  { label: 'audit log, sustained, a row (0.2 ms: 5 000 rows/s)', unit: 'ms', target: 0.2, value: (read) => read('glovebox-audit', 'rowMs') },
  { label: '- of it for the one who records', unit: 'ms', value: (read) => read('glovebox-audit', 'recordMs') },
  { label: 'calls with an inspector open (live), over those without', unit: 'x', target: 1.1, value: (read) => read('glovebox-inspector', 'live') },
  { label: '- its audit log open', unit: 'x', target: 1.1, value: (read) => read('glovebox-inspector', 'audit') },
  { label: '1 MB of bytes there and back', unit: 'ms', target: 8, ...ofCalls('bytesMs') },
  { label: '1 MB of text there and back', unit: 'ms', target: 8, ...ofCalls('textMs') },
  { label: '100 kB of JSON (1 000 objects) there and back', unit: 'ms', ...ofCalls('jsonMs') },
  { label: 'reset without growth, as the next call feels it', unit: 'ms', target: 1, value: (read) => read('glovebox-resets', 'plainMs') },
  { label: 'reset after growth to the cap', unit: 'ms', target: 8, value: (read) => read('glovebox-resets', 'growingMs') },
  { label: '- grown by an earlier call', unit: 'ms', value: (read) => read('glovebox-resets', 'grownMs') },
  { label: 'Markdown, 10 kB (marked)', unit: 'ms', target: 40, ...ofWeb('markdown10Ms') },
  { label: 'Markdown, 100 kB', unit: 'ms', target: 300, ...ofWeb('markdown100Ms') },
  { label: '1 MB of text through TextDecoder', unit: 'ms', target: 10, ...ofWeb('decodeMs') },
  { label: 'subtle.digest of 1 MB', unit: 'ms', target: 10, ...ofWeb('digestMs') },
  { label: '10 MB through CompressionStream', unit: 'ms', ...ofWeb('compressMs') },
  { label: '- over a bare worker', unit: 'x', target: 1.5, value: (read) => timesBare(read, 'compressMs') },
  { label: '10 MB fetched and streamed', unit: 'ms', ...ofWeb('streamMs') },
  { label: '- over a bare worker', unit: 'x', target: 2, value: (read) => timesBare(read, 'streamMs') },
  { label: 'memory of one instance', unit: 'MB', value: (read) => read('instances.glovebox', 'mib1') * MB_PER_MIB, peer: (read, peer) => read(`instances.${peer}`, 'mib1') * MB_PER_MIB },
  { label: '- each further one, of 10', unit: 'MB', value: (read) => perFurther(read, 'glovebox', 10), peer: (read, peer) => perFurther(read, peer, 10) },
  {
    label: '- each further one, of 50', unit: 'MB', target: 8,
    value: (read) => perFurther(read, 'glovebox', 50), peer: (read, peer) => perFurther(read, peer, 50),
  },
  {
    label: '50 instances installed, started and called', unit: 'ms', target: 5000,
    value: (read) => read('instances.glovebox', 'ready50Ms'), peer: (read, peer) => read(`instances.${peer}`, 'ready50Ms'),
  },
  { label: 'library entry, gzip', unit: 'kB', target: 25, value: (read) => read('sizes', 'entryKb') },
  { label: 'glovebox/ui, gzip', unit: 'kB', value: (read) => read('sizes', 'uiGzipKb') },
  { label: 'worker source', unit: 'kB', value: (read) => read('sizes', 'workerKb') },
  { label: '- gzip', unit: 'kB', value: (read) => read('sizes', 'workerGzipKb') },
  { label: '- of it the prelude', unit: 'kB', value: (read) => read('sizes', 'preludeKb') },
  { label: 'engine (quickjs.wasm), gzip', unit: 'kB', value: (read) => read('sizes', 'engineGzipKb') },
]

/** @type {readonly { title: string, peers: Readonly<Record<string, string>>, rows: readonly Row[] }[]} */
export const TABLES = [
  { title: 'Scripts', peers: PEERS, rows: ROWS },
  { title: 'WebAssembly', peers: WASM_PEERS, rows: WASM_ROWS },
]
