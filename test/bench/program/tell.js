// @ts-check
/** A page's way to the bench. The answer comes when the bench has done its part (read the memory, say). */

const run = new URLSearchParams(location.search).get('run') ?? ''

/** @param {object} report @returns {Promise<unknown>} */
export async function tell(report) {
  const response = await fetch(`/tell/${run}`, { method: 'POST', body: JSON.stringify(report) })
  return response.json()
}

/** @param {() => Promise<object>} measure  resolves to the numbers of this page */
export function runProgram(measure) {
  measure().then((numbers) => tell({ done: numbers }), (error) => tell({ failed: `${error?.code ?? ''} ${error?.stack ?? error}` }))
}

/** @param {number} ms */
export function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** @param {number[]} values @param {number} share */
export function quantile(values, share) {
  return [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) * share)] ?? NaN
}

/** Median of what `work` takes, after a first time that does not count. @param {number} calls @param {() => Promise<unknown>} work */
export async function timeOf(calls, work) {
  await work()
  const times = []
  for (let index = 0; index < calls; index += 1) {
    const started = performance.now()
    await work()
    times.push(performance.now() - started)
  }
  return quantile(times, 0.5)
}
