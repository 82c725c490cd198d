// @ts-check
/** `start()` from the spare of an extension whose main module touches every global once: nothing of the prelude is put off until later. */
import { pause, quantile, runProgram } from './tell.js'
import { openBox } from '../subject/glovebox.js'

const STARTS = 6
/** The box waits before it makes a spare; then a start, of the spare itself. */
const SPARE_READY_MS = 3500

const GUEST = `export const touched = Object.getOwnPropertyNames(globalThis).filter((name) => globalThis[name] !== undefined).length
export const count = () => touched`

export default function program() {
  runProgram(async () => {
    const box = await openBox()
    const times = []
    let globals = 0
    for (let index = 0; index < STARTS; index += 1) {
      const extension = await box.install({
        manifest: { id: `com.example.globals${index}`, name: 'Globals', version: '1.0.0', description: 'Measured.', lane: 'script', entry: 'main.js', files: ['main.js'] },
        files: { 'main.js': GUEST },
      })
      await extension.stop()
      await pause(SPARE_READY_MS)
      const started = performance.now()
      await extension.start()
      times.push(performance.now() - started)
      globals = await extension.call('count')
      await extension.stop()
    }
    return { startMs: quantile(times, 0.5), startMaxMs: Math.max(...times), globals }
  })
}
