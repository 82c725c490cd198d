/** Permissions that are all or nothing, and devices, which the user chooses in the browser's own chooser. */
import { intersectFilters, isWithinFilter, type DeviceFilter } from '../../manifest/device-filter.ts'
import type { DeviceScope, PlainScope } from '../../manifest/permission.ts'
import { MAX_ENTRIES, type ScopeKind } from './kind.ts'

export const PLAIN: ScopeKind<PlainScope> = {
  parse: () => Object.freeze({}),
  covers: (_, use) => use.kind === 'plain',
  isWithin: () => true,
  intersect: () => Object.freeze({}),
}

const MAX_USB_ID = 0xffff

export const DEVICE: ScopeKind<DeviceScope> = {
  parse(input) {
    const filters: unknown = 'filters' in input ? input.filters : undefined
    if (filters === undefined) return Object.freeze({})
    // An empty list is no scope: browsers take it for every device.
    if (!Array.isArray(filters) || filters.length === 0 || filters.length > MAX_ENTRIES) return undefined
    const parsed = (filters as readonly unknown[]).map(parseFilter)
    return parsed.every((filter) => filter !== undefined) ? Object.freeze({ filters: Object.freeze(parsed) }) : undefined
  },
  covers: ({ filters }, use) => use.kind === 'device' && intersectFilters(filters, use.filters)?.length !== 0,
  isWithin: ({ filters: asked }, { filters: granted }) =>
    granted === undefined || (asked !== undefined && asked.every((one) => granted.some((other) => isWithinFilter(one, other)))),
  intersect(one, other) {
    const filters = intersectFilters(one.filters, other.filters)
    if (filters === undefined) return Object.freeze({})
    return filters.length > 0 ? Object.freeze({ filters }) : undefined
  },
}

function parseFilter(input: unknown): DeviceFilter | undefined {
  const fields = new Map<string, unknown>(Object.entries(Object(input) as object)) // Object() makes one of anything
  const [vendorId, productId] = [fields.get('vendorId'), fields.get('productId')]
  if (!isUsbId(vendorId) || (productId !== undefined && !isUsbId(productId))) return undefined
  return Object.freeze({ vendorId, ...(productId === undefined ? {} : { productId }) })
}

function isUsbId(input: unknown): input is number {
  return typeof input === 'number' && Number.isInteger(input) && input >= 0 && input <= MAX_USB_ID
}
