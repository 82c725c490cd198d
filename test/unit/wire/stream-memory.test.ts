import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { openPair, turns } from './pair.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** What is held: both ends of the wire run in this process, so the figure covers sender and receiver. */
async function heldBytes(): Promise<number> {
  // Freed in two steps: the first collection only finds what the second, a turn later, lets go of.
  for (let round = 0; round < 3; round++) {
    collect()
    await turns(2)
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

it.each(['page', 'guest'] as const)('100 MB from the %s grow no heap by more than 4 MB', { timeout: 60_000 }, async (from) => {
  const pair = openPair()
  const { id, stream } = pair[from].session.streams.open()
  const reader = pair[from === 'page' ? 'guest' : 'page'].session.streams.claim(id)
  const chunk = 1_000_000
  const sending = (async () => {
    for (let sent = 0; sent < 100_000_000; sent += chunk) await stream.write(new Uint8Array(chunk))
    stream.end()
  })()
  const before = await heldBytes()
  let received = 0
  let most = before
  for (let next = await reader?.read(); next !== undefined; next = await reader?.read()) {
    received += next.byteLength
    if (received % 10_000_000 < next.byteLength) most = Math.max(most, await heldBytes())
  }
  await sending

  expect(received).toBe(100_000_000)
  expect(most - before).toBeLessThan(4_000_000)
})
