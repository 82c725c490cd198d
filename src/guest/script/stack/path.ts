/** A relative specifier inside the package → the path it means. */

/** Undefined for anything but `./…` and `../…` that stays inside. */
export function resolvePath(base: string, request: string): string | undefined {
  if (!request.startsWith('./') && !request.startsWith('../')) return undefined
  const parts = base.split('/').slice(0, -1)
  for (const part of request.split('/')) {
    if (part === '..') {
      if (parts.pop() === undefined) return undefined
    } else if (part !== '.') {
      parts.push(part)
    }
  }
  return parts.join('/')
}
