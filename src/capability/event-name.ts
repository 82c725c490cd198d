/** `<extension id>/<name>` or `host/<name>`. Whose id it is, the capability tells; what a manifest may ask for, the manifest's schema. */

/** Of an id, a slash and a name. */
export const MAX_EVENT_NAME = 193

const NAME = /^[a-z0-9-]+(?:\.[a-z0-9-]+)*\/[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/

export function isEventName(name: string): boolean {
  return name.length <= MAX_EVENT_NAME && NAME.test(name)
}
