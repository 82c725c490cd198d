// @ts-check
/** A component's import that waits for the page: many in one call, without what the call itself takes, divided by their number. */
import { runProgram, timeOf } from './tell.js'
import { openBox } from '../subject/glovebox.js'

const WAITS = 100
const CALLS = 20
const STORAGE = { scope: { prefixes: [''] }, reason: 'measured' }

/** @param {{ expected: string }} how  the way of waiting that this page must have */
export default function program({ expected }) {
  runProgram(async () => {
    const box = await openBox()
    const { waiting } = box.report().lanes.component
    if (waiting !== expected) throw new Error(`imports wait by ${waiting} here`)
    const response = await fetch('/guests/host.wasm')
    const extension = await box.install({
      manifest: {
        id: 'com.example.waits', name: 'Waits', version: '1.0.0', description: 'Measured.', lane: 'component',
        entry: 'main.wasm', files: ['main.wasm'], permissions: ['storage:read', 'storage:write'].map((name) => ({ name, ...STORAGE })),
      },
      files: { 'main.wasm': new Uint8Array(await response.arrayBuffer()) },
    })
    await extension.call('remember', ['key', new Uint8Array(16)])
    const query = (/** @type {number} */ count) => extension.call('query-often', [count])
    const recall = (/** @type {number} */ count) => extension.call('recall-often', ['key', count])
    if (await query(WAITS) !== WAITS) throw new Error('the permission is not granted')
    const empty = await timeOf(CALLS, () => query(0))
    return { queryMs: (await timeOf(CALLS, () => query(WAITS)) - empty) / WAITS, storageMs: (await timeOf(CALLS, () => recall(WAITS)) - empty) / WAITS }
  })
}
