/** Lists of numbers come from the glue as typed arrays; of these only bytes cross, so the others become plain lists. */

/** `value` itself where it has none of them. */
export function withPlainLists(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as Iterable<number | bigint>) // a typed array: the glue makes no DataView
  if (Array.isArray(value)) return mapped(value)
  return Object.getPrototypeOf(value) === Object.prototype ? withPlainMembers(value) : value
}

function mapped(items: unknown[]): unknown[] {
  for (let index = 0; index < items.length; index++) items[index] = withPlainLists(items[index])
  return items
}

/** In place: what the glue made for this call is nobody else's. */
function withPlainMembers(record: object): object {
  for (const [key, item] of Object.entries(record)) {
    const plain = withPlainLists(item)
    if (plain !== item) Reflect.set(record, key, plain)
  }
  return record
}
