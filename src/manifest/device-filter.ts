/** Filters of devices, by USB ids: what a scope allows, what a request asks for, and what both do. */
import type { DeviceScope } from './permission.ts'

export type DeviceFilter = NonNullable<DeviceScope['filters']>[number]

export function isWithinFilter(asked: DeviceFilter, granted: DeviceFilter): boolean {
  return asked.vendorId === granted.vendorId && (granted.productId === undefined || asked.productId === granted.productId)
}

/** Undefined stands for every device; an empty list for none, which the browser's choosers would take for every one. */
export function intersectFilters(one: readonly DeviceFilter[] | undefined, other: readonly DeviceFilter[] | undefined): readonly DeviceFilter[] | undefined {
  if (one === undefined || other === undefined) return one ?? other
  const within = (inner: readonly DeviceFilter[], outer: readonly DeviceFilter[]): readonly DeviceFilter[] =>
    inner.filter((filter) => outer.some((wider) => isWithinFilter(filter, wider)))
  return Object.freeze([...new Set([...within(one, other), ...within(other, one)])])
}
