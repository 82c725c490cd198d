/** Runs a task in one place a few times: what it gave, and how long one run took once it was warm. */
import { cleanText } from 'glovebox/ui'
import type { Library } from './catalogue.ts'
import type { Place, Running } from './place.ts'

export type Verdict = 'same' | 'differs' | 'failed'

export interface Outcome {
  readonly verdict: Verdict
  /** Median of the warm runs, ms; NaN where it failed. */
  readonly ms: number
  /** Of what went wrong. */
  readonly reason: string
}

const WARM_RUNS = 3
/** No further run is begun after this. */
const ENOUGH_MS = 400

/** @throws the signal's reason, and nothing else */
export async function measure(place: Place, library: Library, signal: AbortSignal): Promise<Outcome> {
  let running: Running | undefined
  try {
    running = await place.open(library.name, signal)
    const first = await running.run()
    const times = await timeRuns(running)
    if (first === library.expected) return { verdict: 'same', ms: times, reason: '' }
    return { verdict: 'differs', ms: times, reason: difference(first, library.expected) }
  } catch (error) {
    signal.throwIfAborted()
    return { verdict: 'failed', ms: Number.NaN, reason: cleanText(error instanceof Error ? error.message : String(error), 160) }
  } finally {
    running?.end()
  }
}

async function timeRuns(running: Running): Promise<number> {
  const begun = performance.now()
  const times: number[] = []
  while (times.length < WARM_RUNS && (times.length === 0 || performance.now() - begun < ENOUGH_MS)) {
    const started = performance.now()
    await running.run()
    times.push(performance.now() - started)
  }
  times.sort((a, b) => a - b)
  return times[Math.floor(times.length / 2)] ?? Number.NaN
}

function difference(got: string, expected: string): string {
  const at = [...got].findIndex((character, index) => character !== expected[index])
  const place = at < 0 ? Math.min(got.length, expected.length) : at
  return `from character ${place}: \u201c${cleanText(got.slice(place, place + 30), 200)}\u201d, Node has \u201c${cleanText(expected.slice(place, place + 30), 200)}\u201d`
}
