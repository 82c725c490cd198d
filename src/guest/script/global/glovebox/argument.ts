/** What the areas of `glovebox` share in taking arguments: a wrong one fails here, with the name of the method, before anything is sent. */

export function toText(value: unknown, where: string): string {
  if (typeof value !== 'string') throw new TypeError(`${where}: a string is required`)
  return value
}

export function toCallback(value: unknown, where: string): (item: unknown) => unknown {
  if (typeof value !== 'function') throw new TypeError(`${where}: a function is required`)
  return value as (item: unknown) => unknown // the guest's own
}
