/**
 * Intl.Segmenter's own part: text crosses in windows, so that a long one holds neither side up. A window's end is not trusted: where the
 * text goes on, segments close to it are asked for again in the next. https://tc39.es/ecma402/#segmenter-objects
 */
import type { Bridge } from '../bridge.ts'
import { text } from './intl-options.ts'
import { define, method, tag } from './intl-shape.ts'
import { requireState, stamp, type IntlState, type Segment, type Segmentation } from './intl-state.ts'

const WINDOW = 4096
/** A single segment of this length is cut. */
const MAX_WINDOW = 65_536
/** What a rule may look ahead. */
const MARGIN = 512

interface Piece {
  readonly start: number
  readonly end: number
  readonly isWordLike: boolean | undefined
}

type Method = (state: IntlState, args: readonly unknown[]) => unknown

export function createSegmenterMethods(bridge: Bridge): Readonly<Record<string, readonly [number, Method]>> {
  /** The segments after `start`, which is a boundary: as many as one window shows for certain. */
  const next = (key: string, input: string, start: number): Piece[] => {
    for (let size = WINDOW; ; size *= 4) {
      const window = input.slice(start, start + size)
      const isLast = start + window.length === input.length
      const pieces = parsePieces(String(bridge.call('intl.segment', key, window)), start)
      const sure = isLast || size >= MAX_WINDOW ? pieces : pieces.filter(({ end }) => end <= start + size - MARGIN)
      if (sure.length > 0 || isLast) return sure
    }
  }
  const open = (key: string, input: string): Segments => new Segments(input, (start) => next(key, input, start))

  const segmentsPrototype = {}
  const iteratorPrototype: object = Object.create(Object.getPrototypeOf(Object.getPrototypeOf([].values())))
  define(segmentsPrototype, 'containing', method('containing', 1, (self, [index]) => {
    return requireState(self, 'Segments').segments?.containing(Math.trunc(+(index as number)) || 0) // converts any value as the standard does
  }))
  define(segmentsPrototype, Symbol.iterator, method('[Symbol.iterator]', 0, (self) => {
    const { key, segments } = requireState(self, 'Segments')
    return stamp(Object.create(iteratorPrototype) as object, { type: 'Segment Iterator', key, segments: segments?.restart() })
  }))
  define(iteratorPrototype, 'next', method('next', 0, (self) => {
    const value = requireState(self, 'Segment Iterator').segments?.next()
    return { value, done: value === undefined }
  }))
  tag(iteratorPrototype, 'Segmenter String Iterator')
  return {
    segment: [1, ({ key }, [input]) => {
      return stamp(Object.create(segmentsPrototype) as object, { type: 'Segments', key, segments: open(key, text(input)) })
    }],
  }
}

/** One text being segmented: the window that was read last, and where earlier ones began. */
class Segments implements Segmentation {
  readonly #input: string
  readonly #read: (start: number) => Piece[]
  readonly #starts = [0]
  #pieces: readonly Piece[] = []
  #position = 0

  constructor(input: string, read: (start: number) => Piece[]) {
    this.#input = input
    this.#read = read
  }

  restart(): Segments {
    return new Segments(this.#input, this.#read)
  }

  next(): Segment | undefined {
    const { length } = this.#pieces
    if (this.#position >= length) {
      const start = this.#pieces[length - 1]?.end ?? 0
      if (start >= this.#input.length) return undefined
      this.#pieces = this.#read(start)
      this.#position = 0
    }
    const piece = this.#pieces[this.#position++]
    return piece && this.#tell(piece)
  }

  containing(index: number): Segment | undefined {
    if (index < 0 || index >= this.#input.length) return undefined
    for (let start = this.#starts.findLast((known) => known <= index) ?? 0; ;) {
      const first = this.#pieces[0]
      if (first?.start !== start) this.#pieces = this.#read(start)
      const end = this.#pieces[this.#pieces.length - 1]?.end ?? this.#input.length
      const found = this.#pieces.find((piece) => piece.start <= index && index < piece.end)
      if (found !== undefined) return this.#tell(found)
      start = end
      if (!this.#starts.includes(start)) this.#starts.push(start)
    }
  }

  #tell({ start, end, isWordLike }: Piece): Segment {
    const told = { segment: this.#input.slice(start, end), index: start, input: this.#input }
    return isWordLike === undefined ? told : { ...told, isWordLike }
  }
}

/** Lengths of segments, each followed by what it is: `w` like a word, `n` not, nothing where that is not told. */
function parsePieces(coded: string, start: number): Piece[] {
  let end = start
  return coded === '' ? [] : coded.split(' ').map((entry) => {
    const begin = end
    end += Number.parseInt(entry, 10)
    return { start: begin, end, isWordLike: entry.endsWith('w') ? true : entry.endsWith('n') ? false : undefined }
  })
}
