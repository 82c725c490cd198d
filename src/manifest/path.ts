/**
 * Rules for the paths of a package's files. A path becomes a URL, a module name, a key and perhaps a file on some disk, so it has exactly one
 * spelling everywhere: what URL parsers, file systems or Unicode would fold together or read as an escape is refused.
 */
import { MANIFEST_NAME } from './manifest.ts'

const MAX_PATH_BYTES = 1024
const MAX_SEGMENTS = 32
const MAX_SEGMENT_BYTES = 255
// Controls, invisible format characters (bidi overrides too), line separators, lone surrogates.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u
const ENCODER = new TextEncoder()

/** What is wrong with `path`, or undefined. */
export function pathProblem(path: string): string | undefined {
  if (path === '') return 'is empty'
  if (UNPRINTABLE.test(path)) return 'holds a control or invisible character'
  if (path.includes('\\')) return 'holds a backslash; write forward slashes'
  if (path.includes(':')) return 'holds a colon (drive or scheme)'
  if (path.startsWith('/')) return 'is absolute; write it relative to the manifest'
  if (path !== path.normalize('NFC')) return 'is not in Unicode normalization form C'
  if (ENCODER.encode(path).length > MAX_PATH_BYTES) return `is longer than ${MAX_PATH_BYTES} bytes`
  const segments = path.split('/')
  if (segments.length > MAX_SEGMENTS) return `has more than ${MAX_SEGMENTS} segments`
  for (const segment of segments) {
    const problem = segmentProblem(segment)
    if (problem !== undefined) return problem
  }
  return undefined
}

function segmentProblem(segment: string): string | undefined {
  if (segment === '') return 'has an empty segment'
  if (segment === '.' || segment === '..') return `has a "${segment}" segment`
  if (/[. ]$/.test(segment) || segment.startsWith(' ')) return 'has a segment that begins with a space, or ends with a dot or a space'
  if (ENCODER.encode(segment).length > MAX_SEGMENT_BYTES) return `has a segment longer than ${MAX_SEGMENT_BYTES} bytes`
  return undefined
}

/** Problems between paths of files: equal, equal but for case or Unicode form, one that is also a folder, the manifest's own name. */
export function collisionProblems(
  paths: readonly string[],
  emptyFolders: readonly string[] = [],
): { readonly index: number; readonly problem: string }[] {
  const problems: { readonly index: number; readonly problem: string }[] = []
  const isDeep = (path: string): boolean => path.split('/', MAX_SEGMENTS + 1).length > MAX_SEGMENTS
  const files = new Map<string, string>([[fold(MANIFEST_NAME), MANIFEST_NAME]])
  const folders = new Map<string, string>(emptyFolders.map((folder) => [fold(folder), `${folder}/`]))
  for (const [index, path] of paths.entries()) {
    if (isDeep(path)) continue // a problem of its own; comparing each of its parents would take seconds
    const other =
      files.get(fold(path)) ??
      folders.get(fold(path)) ??
      parents(path)
        .map((parent) => files.get(fold(parent)))
        .find((found) => found !== undefined)
    if (other !== undefined) {
      problems.push({ index, problem: other === path ? 'is there twice' : `collides with "${other}"` })
      continue
    }
    files.set(fold(path), path)
    for (const parent of parents(path)) if (!folders.has(fold(parent))) folders.set(fold(parent), path)
  }
  return problems
}

/** `a/b/c` → `a`, `a/b`. */
function parents(path: string): string[] {
  const segments = path.split('/')
  return segments.slice(1).map((_, index) => segments.slice(0, index + 1).join('/'))
}

// Upper before lower case, so that letters with several lower-case forms (final sigma, long s) meet.
function fold(path: string): string {
  return path.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKC')
}
