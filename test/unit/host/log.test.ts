import { expect, it } from 'vitest'
import { LogReceiver } from '../../../src/host/log.ts'
import { DEFAULT_LIMITS } from '../../../src/manifest/limits.ts'

const receive = (text: string, times: number): { logs: number; limits: number } => {
  const seen = { logs: 0, limits: 0 }
  const receiver = new LogReceiver({ limits: DEFAULT_LIMITS, isCall: () => true, scrub: (text) => text, onLine: () => seen.logs++, onLoss: () => seen.limits++ })
  for (let n = 0; n < times; n++) receiver.receive({ text: JSON.stringify(['info', text, 0, 0, null, null]), buffers: [] })
  return seen
}

it('charges every line of a message, so that empty ones are no way to a flood of events', () => {
  const { logs, limits } = receive('\n'.repeat(255), 1000)

  expect(logs).toBeLessThan(4096)
  expect(limits).toBe(1)
})
