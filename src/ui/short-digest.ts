/** The one form in which the elements write a digest; the whole is its title where there is room for one. */

/** Enough to compare by eye. */
export function shortDigest(digest: string): string {
  const hex = digest.replace(/^sha256:/, '')
  return `${hex.slice(0, 8)}\u2026${hex.slice(-4)}`
}
