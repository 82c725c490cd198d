/** Names of secrets, events and collections: what code, people and URLs read alike. */
const NAME = /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/

export function isScopeName(name: string): boolean {
  return NAME.test(name)
}
