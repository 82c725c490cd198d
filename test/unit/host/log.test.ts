import { expect, it } from 'vitest'
import { LogReceiver } from '../../../src/host/extension/log.ts'
import { DEFAULT_LIMITS } from '../../../src/manifest/limits.ts'
import { TokenBucket } from '../../../src/util/token-bucket.ts'

const receive = (text: string, times: number): { logs: number; limits: number } => {
  const seen = { logs: 0, limits: 0 }
  const bucket = new TokenBucket(DEFAULT_LIMITS.logBytesPerSecond, 1000, 0)
  const options = { isCall: () => true, scrub: (line: string) => line, onLine: () => seen.logs++, onLoss: () => seen.limits++ }
  const receiver = new LogReceiver({ ...options, take: (bytes) => bucket.take(bytes, 0) })
  for (let n = 0; n < times; n++) receiver.receive({ text: JSON.stringify(['info', text, 0, 0, null, null]), buffers: [] })
  return seen
}

it('charges every line of a message, so that empty ones are no way to a flood of events', () => {
  const { logs, limits } = receive('\n'.repeat(255), 1000)

  expect(logs).toBeLessThan(4096)
  expect(limits).toBe(1)
})

it('takes secrets out of the place, too: a worker that was taken over names files as it likes', () => {
  const places: unknown[] = []
  const receiver = new LogReceiver({
    take: () => true, isCall: () => true, scrub: (text) => text.replaceAll('secret', '******'), onLine: ({ position }) => places.push(position), onLoss: () => {},
  })

  receiver.receive({ text: JSON.stringify(['info', 'x', 0, 0, null, ['src/secret.ts', 1, 2]]), buffers: [] })

  expect(places).toEqual([{ file: 'src/******.ts', line: 1, column: 2 }])
})
