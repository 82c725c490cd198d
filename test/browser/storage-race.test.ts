/**
 * Twenty extensions write in two tabs on one database, and one tab goes in the middle of it, without a word to its box, and comes again: what was
 * acknowledged is there afterwards, nothing is in another's storage, and the counts of bytes and versions fit what is stored.
 */
import type { Extension, Glovebox } from 'glovebox'
import { expect, test } from 'vitest'
import { openBox, pkg, uniqueName } from './box-harness.ts'
import { openFrame, type FrameCalls } from './race-frame.ts'

const EXTENSIONS = 20
const ROUNDS = 4

const CODE = `
  export const put = (key, value) => glovebox.storage.set(key, value)
  export const count = async () => {
    for (;;) {
      const entry = await glovebox.storage.get('counter', { version: true })
      const next = (entry?.value ?? 0) + 1
      const done = await glovebox.storage.set('counter', next, { ifVersion: entry?.version ?? 0 }).then(() => true, (error) => {
        if (error.code === 'version-conflict') return false
        throw error
      })
      if (done) return next
    }
  }
  export const all = async () => {
    const found = {}
    for (const key of (await glovebox.storage.list()).keys) found[key] = await glovebox.storage.get(key)
    return found
  }
`

const PERMISSIONS = ['storage:read', 'storage:write'].map((name) => ({ name, scope: { prefixes: [''] }, reason: 'to test' }))
const idOf = (index: number): string => `com.example.writer${index}`

/** By extension: what was acknowledged. */
type Acknowledged = Map<string, { readonly values: Map<string, unknown>, counts: number }>

/** Two writes of an extension are on their way at any time. */
async function write(box: Glovebox, tab: string, id: string, calls: FrameCalls): Promise<void> {
  const extension = box.get(id)
  for (let round = 0; round < ROUNDS; round++) {
    const [key, value] = [`${tab}/${round}`, `${id} ${tab} ${round}`]
    await Promise.all([
      extension.call('put', [key, value]).then(() => calls.acknowledge(id, key, value)),
      extension.call('count').then(() => calls.counted(id)),
    ])
  }
}

test('writes of twenty extensions in two tabs, one of which is reloaded in the middle', { timeout: 180_000 }, async () => {
  const name = uniqueName()
  // Forty workers start at once: on a busy machine one may wait seconds for its turn.
  const limits = { startMs: 60_000, callMs: 120_000, turnMs: 60_000 }
  const options = { name, store: 'indexeddb', limits } as const
  const staying = await openBox(options)
  const ids = Array.from({ length: EXTENSIONS }, (_, index) => idOf(index))
  for (const id of ids) await staying.install(pkg(CODE, { id, permissions: PERMISSIONS, limits }))
  const acknowledged: Acknowledged = new Map(ids.map((id) => [id, { values: new Map(), counts: 0 }]))
  const calls = {
    acknowledge: (id: string, key: string, value: string) => void acknowledged.get(id)?.values.set(key, value),
    counted: (id: string) => {
      const own = acknowledged.get(id)
      if (own) own.counts++
    },
  }
  const open = (tab: string): { readonly ended: Promise<unknown>, readonly remove: () => void } => {
    let remove = (): void => undefined
    const ended = new Promise((resolve) => { remove = openFrame({ options, ids, tab, rounds: ROUNDS }, { ...calls, ended: resolve }) })
    return { ended, remove }
  }

  const going = open('going')
  const writing = Promise.all(ids.map((id) => write(staying, 'staying', id, { ...calls, ended: () => undefined })))
  const isHalfway = (): boolean => [...acknowledged.values()].filter(({ values }) => values.has('going/1')).length > EXTENSIONS / 4
  const early = await Promise.race([going.ended, (async () => { while (!isHalfway()) await new Promise((resolve) => setTimeout(resolve, 5)) })().then(() => 'halfway')])
  going.remove()
  const reloaded = open('reloaded')
  await writing
  expect([early, await reloaded.ended]).toEqual(['halfway', undefined])
  reloaded.remove()

  expect([...acknowledged.values()].some(({ values }) => !values.has(`going/${ROUNDS - 1}`)), 'it was gone in the middle').toBe(true)
  const again = await openBox(options)
  for (const id of ids) await checkOne(again.get(id), id, acknowledged)
})

async function checkOne(extension: Extension, id: string, acknowledged: Acknowledged): Promise<void> {
  const { counter, ...found } = (await extension.call('all')) as Record<string, unknown>
  const { values, counts } = acknowledged.get(id) ?? { values: new Map(), counts: 0 }
  expect(found, 'nothing lost').toMatchObject(Object.fromEntries(values))
  for (const [key, value] of Object.entries(found)) expect(value, 'nothing of others').toBe(`${id} ${key.replace('/', ' ')}`)
  for (const tab of ['staying', 'reloaded']) {
    for (let round = 0; round < ROUNDS; round++) expect(found, `the tab ${tab} wrote all`).toHaveProperty([`${tab}/${round}`])
  }
  // Counting needs every step before: one lost would be missing here. Steps of the tab that went may have happened unacknowledged, one at most.
  expect(Number(counter) - counts).toBeGreaterThanOrEqual(0)
  expect(Number(counter) - counts).toBeLessThanOrEqual(1)
  const bytes = Object.entries({ counter, ...found }).reduce((sum, [key, value]) => sum + 64 + key.length + JSON.stringify(value).length, 0)
  const used = (await extension.usage()).storageBytes?.used ?? 0
  expect(Math.abs(used - bytes), 'the quota counts what is there').toBeLessThan(20 * (Object.keys(found).length + 1))
}
