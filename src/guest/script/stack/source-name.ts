/**
 * What a source map calls a source → the path that a stack shows. A stranger's text that ends up in logs: one line, nothing invisible, no
 * scheme or host that it could pass for, and no way to look like a frame of another kind.
 */
import { cleanText } from '../../../util/text.ts'

const MAX_SOURCE = 1024
const MAX_SHOWN = 256

/** @param folder  of the map inside the package, '' or with its last `/`. Undefined when no name is left. */
export function cleanSource(source: string, root: string, folder: string): string | undefined {
  const path = root === '' ? source : `${root}/${source}`
  if (path.length > MAX_SOURCE) return undefined
  // webpack://name/./src/a.ts?1234, file:///home/x/a.ts: the path is what the author knows.
  const scheme = /^[a-z][a-z0-9+.-]*:(?:\/\/[^/]*)?/i.exec(path)?.[0] ?? ''
  const isAbsolute = scheme !== '' || path.startsWith('/')
  const parts: string[] = []
  for (const part of `${isAbsolute ? '' : folder}${path.slice(scheme.length)}`.replace(/\?[^/]*$/, '').split(/[/\\]/)) {
    // Above the package: what is built into a folder of its own says `../src/a.ts`.
    if (part === '..') parts.pop()
    else if (part !== '.' && part !== '') parts.push(part)
  }
  const name = cleanText(parts.join('/'), MAX_SHOWN).replaceAll(':', '_')
  return name === '' ? undefined : name
}
