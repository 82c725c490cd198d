/** An extension's store work waits its turn, whatever kind it is; what is the app's does not wait. */
import { expect, it } from 'vitest'
import { fairFiles, fairSecrets, fairStorage } from '../../../src/host/broker/fair-store.ts'
import { FairQueue } from '../../../src/limit/fair-queue.ts'
import type { ExtensionKey } from '../../../src/manifest/identity.ts'
import { key } from '../../conformance/store.ts'

it.each<[string, (queue: FairQueue<ExtensionKey>, of: ExtensionKey, work: () => Promise<never>) => Promise<unknown>]>([
  ['storage', (queue, of, work) => fairStorage({ get: work, set: work, delete: work, list: work }, queue, of).get('a')],
  ['files', (queue, of, work) => fairFiles({ load: work, commit: work }, queue, of).load('a')],
  ['a secret', (queue, of, work) => fairSecrets({ get: work, set: work, delete: work, names: work }, queue, of).get('a')],
  ['writing a secret', (queue, of, work) => fairSecrets({ get: work, set: work, delete: work, names: work }, queue, of).set('a', 'b', { maxCount: 1 })],
  ['deleting a secret', (queue, of, work) => fairSecrets({ get: work, set: work, delete: work, names: work }, queue, of).delete('a')],
  ['listing secrets', (queue, of, work) => fairSecrets({ get: work, set: work, delete: work, names: work }, queue, of).names()],
])('a newcomer\'s %s is behind one of each other\'s, not behind all', async (_, use) => {
  const queue = new FairQueue<ExtensionKey>(1)
  const order: string[] = []
  const begin = (of: string): Promise<unknown> => use(queue, key(of), async () => {
    order.push(of)
    await Promise.resolve()
    return undefined as never
  })
  const all = [...Array.from({ length: 50 }, () => begin('many')), begin('one')]
  await Promise.all(all)

  expect(order.indexOf('one')).toBeLessThan(3)
})
