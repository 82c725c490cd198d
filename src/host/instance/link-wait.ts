/**
 * Who waits for whom among linked calls. A chain that comes back to an extension is found by its names; this finds the other deadlock: two
 * chains, each of which holds the one instance that the other waits for.
 */
import type { PendingCall } from './pending-calls.ts'

/** The calls that a call has made and waits for. */
export type Children = ReadonlyMap<PendingCall, ReadonlySet<PendingCall>>

/** Instances that serve one call at a time each, and the calls they serve or that wait for them, in the order they came. */
export interface WaitPool {
  readonly calls: ReadonlySet<PendingCall>
  /** Calls served at once. */
  readonly capacity: number
}

/** Would a call into `pool`, made by `caller`, wait for `caller` itself? */
export function wouldWaitForItself(pool: WaitPool, caller: PendingCall, children: Children): boolean {
  return pool.calls.size >= pool.capacity && serving(pool).every((call) => waitsFor(call, caller, children, new Set()))
}

function waitsFor(call: PendingCall, target: PendingCall, children: Children, seen: Set<PendingCall>): boolean {
  if (call === target) return true
  if (seen.has(call)) return false
  seen.add(call)
  const pool = call.link?.pool
  const ahead = pool === undefined ? [] : serving(pool)
  if (pool !== undefined && !ahead.includes(call)) return ahead.length > 0 && ahead.every((other) => waitsFor(other, target, children, seen))
  return [...(children.get(call) ?? [])].some((child) => waitsFor(child, target, children, seen))
}

function serving({ calls, capacity }: WaitPool): readonly PendingCall[] {
  const first: PendingCall[] = []
  for (const call of calls) {
    if (first.length >= capacity) break
    first.push(call)
  }
  return first
}
