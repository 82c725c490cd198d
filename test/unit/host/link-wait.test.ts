import { expect, test } from 'vitest'
import { type Children, type WaitPool, wouldWaitForItself } from '../../../src/host/instance/link-wait.ts'
import type { PendingCall } from '../../../src/host/instance/pending-calls.ts'

/** Calls as links.ts keeps them: each in the pool that serves it, below the call that waits for it. */
class Stage {
  readonly pools = new Map<string, WaitPool & { readonly calls: Set<PendingCall> }>()
  readonly children = new Map<PendingCall, Set<PendingCall>>()

  pool(name: string, capacity = 1): WaitPool & { readonly calls: Set<PendingCall> } {
    const known = this.pools.get(name) ?? { calls: new Set<PendingCall>(), capacity }
    this.pools.set(name, known)
    return known
  }

  /** A call into `pool`, by `parent`. */
  call(pool: string, parent?: PendingCall): PendingCall {
    const call = { link: { pool: this.pool(pool) } } as unknown as PendingCall // what the search reads
    this.pool(pool).calls.add(call)
    if (parent !== undefined) this.children.set(parent, (this.children.get(parent) ?? new Set()).add(call))
    return call
  }

  closes(pool: string, caller: PendingCall): boolean {
    return wouldWaitForItself(this.pool(pool), caller, this.children satisfies Children)
  }
}

test('a free instance, or one that is only busy, is waited for', () => {
  const stage = new Stage()
  const a = stage.call('a')
  expect(stage.closes('b', a)).toBe(false)
  stage.call('b')
  expect(stage.closes('b', a)).toBe(false)
})

test('two chains that hold what the other wants: the second is refused', () => {
  const stage = new Stage()
  const a = stage.call('a')
  const b = stage.call('b')
  expect(stage.closes('b', a)).toBe(false)
  stage.call('b', a)
  expect(stage.closes('a', b)).toBe(true)
})

test('three in a ring, and one behind a queue', () => {
  const stage = new Stage()
  const [a, b, c] = [stage.call('a'), stage.call('b'), stage.call('c')]
  stage.call('c', b)
  stage.call('b', a)
  expect(stage.closes('a', c)).toBe(true)
  const queued = stage.call('a')
  expect(stage.closes('d', queued)).toBe(false)
})

test('a second instance that is not part of the ring frees it', () => {
  const stage = new Stage()
  stage.pool('a', 2)
  const a = stage.call('a')
  const free = stage.call('a')
  const b = stage.call('b')
  stage.call('b', a)
  expect(stage.closes('a', b)).toBe(false)
  stage.call('b', free)
  expect(stage.closes('a', b)).toBe(true)
})

test('instances that serve all calls at once hold nobody up', () => {
  const stage = new Stage()
  stage.pool('a', Infinity)
  const a = stage.call('a')
  const b = stage.call('b')
  stage.call('b', a)
  expect(stage.closes('a', b)).toBe(false)
})
