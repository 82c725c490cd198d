/** Filters of devices, by USB ids: what a scope allows, what a request asks for, and what both do. */
import type { DeviceScope } from './permission.ts'

export type DeviceFilter = NonNullable<DeviceScope['filters']>[number]
type Filters = readonly DeviceFilter[]

export function isWithinFilter(asked: DeviceFilter, granted: DeviceFilter): boolean {
  return asked.vendorId === granted.vendorId && (granted.productId === undefined || asked.productId === granted.productId)
}

/** Undefined stands for every device; an empty list for none, which the browser's choosers would take for every one. */
export function intersectFilters(one: Filters | undefined, other: Filters | undefined): Filters | undefined {
  if (one === undefined || other === undefined) return one ?? other
  const within = (inner: Filters, outer: Filters): Filters =>
    inner.filter((filter) => outer.some((wider) => isWithinFilter(filter, wider)))
  const inner = within(one, other)
  return Object.freeze([...inner, ...within(other, one).filter((filter) => !inner.some((known) => isWithinFilter(filter, known)))])
}
