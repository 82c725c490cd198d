/**
 * One source map of the package's (https://tc39.es/ecma426/, version 3, no sections), read with suspicion: it is a stranger's, and decoding it
 * takes memory of the worker's beside the VM's. Whatever is wrong with it, there is no original position then.
 */
import { decode, type SourceMapSegment } from '@jridgewell/sourcemap-codec'
import { cleanSource } from './source-name.ts'
import type { Position } from './frame.ts'

/** What all maps of an instance may take together; used up as they are read. */
export interface MapBudget {
  /** Characters of JSON. */
  characters: number
  /** Segments and lines: one decoded takes about 80 bytes. */
  segments: number
}

export interface Original extends Position {
  /** The identifier there, when the map says so. */
  readonly name: string
  /** The map has an entry for exactly this place, not only for one before it. */
  readonly isExact: boolean
}

const MAX_NAME = 128
const MAX_NUMBER = 2 ** 31 - 1
const COMMA = 44
const SEMICOLON = 59

export class SourceMap {
  readonly #mappings: string
  #lines: readonly (readonly SourceMapSegment[])[] | undefined
  readonly #sources: readonly unknown[]
  readonly #names: readonly unknown[]
  readonly #root: string
  readonly #folder: string

  /** @param path  of the map inside the package, which its sources are relative to. Undefined for anything but a map that fits the budget. */
  static parse(text: string, path: string, budget: MapBudget): SourceMap | undefined {
    if (text.length > budget.characters) return undefined
    budget.characters -= text.length
    try {
      const map: unknown = JSON.parse(text.replace(/^\)\]\}'[^\n]*\n/, '')) // a guard line that the standard allows
      return isMap(map) && takeSegments(map.mappings, budget) ? new SourceMap(map, path) : undefined
    } catch {
      return undefined // no JSON, or nested too deep for the parser
    }
  }

  private constructor(map: RawMap, path: string) {
    this.#mappings = map.mappings
    this.#sources = map.sources
    this.#names = Array.isArray(map.names) ? map.names : []
    this.#root = typeof map.sourceRoot === 'string' ? map.sourceRoot : ''
    this.#folder = path.slice(0, path.lastIndexOf('/') + 1)
  }

  /** The place in the author's source that the generated one came from. The first call decodes the map. */
  find(line: number, column: number): Original | undefined {
    if (line < 1 || column < 1) return undefined
    this.#lines ??= decode(this.#mappings)
    const segment = findSegment(this.#lines[line - 1] ?? [], column - 1)
    if (segment === undefined || segment.length === 1) return undefined
    const [generated, sourceIndex, sourceLine, sourceColumn, nameIndex] = segment
    const source = this.#sources[sourceIndex]
    const file = typeof source === 'string' ? cleanSource(source, this.#root, this.#folder) : undefined
    if (file === undefined || !isIndex(sourceLine) || !isIndex(sourceColumn)) return undefined
    const name = nameIndex === undefined ? undefined : this.#names[nameIndex]
    return {
      file,
      line: sourceLine + 1,
      column: sourceColumn + 1,
      name: typeof name === 'string' && name.length <= MAX_NAME && /^[\p{ID_Start}$_#][\p{ID_Continue}$]*$/u.test(name) ? name : '',
      isExact: generated === column - 1,
    }
  }
}

/** The last one that begins before `column`, or the first that begins there. A line's are in order: the decoder sorts them. */
function findSegment(segments: readonly SourceMapSegment[], column: number): SourceMapSegment | undefined {
  let [low, high] = [0, segments.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((segments[middle]?.[0] ?? column) < column) low = middle + 1
    else high = middle
  }
  return segments[low]?.[0] === column ? segments[low] : segments[low - 1]
}

interface RawMap {
  readonly mappings: string
  readonly sources: readonly unknown[]
  readonly names?: unknown
  readonly sourceRoot?: unknown
}

function isMap(map: unknown): map is RawMap {
  if (typeof map !== 'object' || map === null) return false
  const { version, mappings, sources } = map as Readonly<Record<string, unknown>> // own data of JSON
  return version === 3 && typeof mappings === 'string' && Array.isArray(sources) && !Object.hasOwn(map, 'sections')
}

function takeSegments(mappings: string, budget: MapBudget): boolean {
  if (!/^[\w+/,;]*$/.test(mappings)) return false
  let count = 1
  for (let at = 0; at < mappings.length; at++) {
    const code = mappings.charCodeAt(at)
    if (code === COMMA || code === SEMICOLON) count++
  }
  if (count > budget.segments) return false
  budget.segments -= count
  return true
}

function isIndex(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < MAX_NUMBER
}
