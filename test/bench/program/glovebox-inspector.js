// @ts-check
/**
 * What an open inspector costs: the same calls, each with capability calls in it, with and without it, in turns. Means, not medians: it works once
 * a second, and what it holds up then is the cost.
 */
// @ts-expect-error  the built library, from the server that the bench runs
import { GloveboxInspector } from '/dist/ui.js'
import { quantile, runProgram } from './tell.js'
import { installGuest, openBox } from '../subject/glovebox.js'

const AWAITS = 20
const TURN_MS = 2500
const TURNS = 4

export default function program() {
  runProgram(async () => {
    const extension = await installGuest('capabilities')
    const box = await openBox()
    await extension.call('remember', ['key', { degrees: 21 }])
    await meanOf(extension)
    /** @type {Record<string, number[]>} */
    const ratios = { live: [], audit: [] }
    for (let turn = 0; turn < TURNS; turn += 1) {
      for (const [tab, list] of Object.entries(ratios)) {
        const without = await meanOf(extension)
        const inspector = new GloveboxInspector()
        inspector.tab = tab
        inspector.box = box
        document.body.append(inspector)
        list.push(await meanOf(extension) / without)
        inspector.remove()
      }
    }
    return { live: quantile(ratios['live'] ?? [], 0.5), audit: quantile(ratios['audit'] ?? [], 0.5) }
  })
}

/** Mean time of a call, ms. @param {any} extension */
async function meanOf(extension) {
  const started = performance.now()
  let calls = 0
  for (; performance.now() - started < TURN_MS; calls += 1) await extension.call('storageGet', [AWAITS])
  return (performance.now() - started) / calls
}
