/** An extension's store work waits its turn, whatever kind it is; what is the app's does not wait. */
import { expect, it } from 'vitest'
import { fairFiles, fairSecrets, fairStorage, type Turns } from '../../../src/host/broker/fair-store.ts'
import { FairQueue } from '../../../src/limit/fair-queue.ts'
import type { ExtensionKey } from '../../../src/manifest/identity.ts'
import { key } from '../../conformance/store.ts'

const USES: readonly [string, (turns: Turns, work: () => Promise<never>) => Promise<unknown>][] = [
  ['storage', (turns, work) => fairStorage({ get: work, set: work, delete: work, list: work }, turns).get('a')],
  ['files', (turns, work) => fairFiles({ load: work, commit: work }, turns).load('a')],
  ['a secret', (turns, work) => fairSecrets({ get: work, set: work, delete: work, names: work }, turns).get('a')],
  ['writing a secret', (turns, work) => fairSecrets({ get: work, set: work, delete: work, names: work }, turns).set('a', 'b', { maxCount: 1 })],
  ['deleting a secret', (turns, work) => fairSecrets({ get: work, set: work, delete: work, names: work }, turns).delete('a')],
  ['listing secrets', (turns, work) => fairSecrets({ get: work, set: work, delete: work, names: work }, turns).names()],
]

it.each(USES)('a newcomer\'s %s is behind one of each other\'s, not behind all', async (_, use) => {
  const queue = new FairQueue<ExtensionKey>(1)
  const order: string[] = []
  const begin = (of: string): Promise<unknown> => use({ queue, key: key(of) }, async () => {
    order.push(of)
    await Promise.resolve()
    return undefined as never
  })
  const all = [...Array.from({ length: 50 }, () => begin('many')), begin('one')]
  await Promise.all(all)

  expect(order.indexOf('one')).toBeLessThan(3)
})

it.each(USES)('%s that waits when its grant ends never happens, and says so at once', async (_, use) => {
  const queue = new FairQueue<ExtensionKey>(1)
  const grant = new AbortController()
  let begun = 0
  const begin = (): Promise<unknown> => use({ queue, key: key('a'), grant: grant.signal }, () => {
    begun++
    return new Promise<never>(() => undefined)
  })
  void begin()
  const waiting = begin()
  grant.abort(new Error('revoked'))

  await expect(waiting).rejects.toThrow('revoked')
  expect(begun).toBe(1)
})
