/**
 * Stacks of the guest's as its author wants to see them: without frames of ours, and at the positions of the original sources where the
 * package has source maps. Maps are looked for when the first frame of their file is met, never before.
 */
import { frameText, isOurs, parseFrame, type Frame, type Position } from './frame.ts'
import { findMapText } from './map-text.ts'
import { SourceMap, type MapBudget, type Original } from './source-map.ts'

/** Frames that are mapped in one text; a stack shows no more. */
const MAX_FRAMES = 50
const MAX_TEXT = 8192
const MAX_MAP_CHARACTERS = 5 * 2 ** 20
const MAX_SEGMENTS = 500_000
/** Lookups that are remembered: the same frames come again and again, and a hostile map can make each one slow. */
const MAX_KNOWN = 1000
/** Finding a line walks all before it; a stack may name any line of any file fifty times. */
const MAX_LINES = 50_000

export class FrameMapper {
  readonly #files: ReadonlyMap<string, string>
  readonly #maps: ReadonlyMap<string, Uint8Array>
  readonly #found = new Map<string, SourceMap | undefined>()
  readonly #known = new Map<string, Original | undefined>()
  readonly #hasAstral = new Map<string, boolean>()
  readonly #budget: MapBudget = { characters: MAX_MAP_CHARACTERS, segments: MAX_SEGMENTS }
  readonly #isFile = (file: string): boolean => this.#files.has(file)

  constructor(files: ReadonlyMap<string, string>, maps: ReadonlyMap<string, Uint8Array>) {
    this.#files = files
    this.#maps = maps
  }

  /** A stack: its frames, and what else stands between them. */
  stack(raw: string): string {
    const lines = raw.slice(0, 2 * MAX_TEXT).split('\n').filter((line) => line !== '' && !isOurs(line))
    return this.#mapLines(lines.slice(0, MAX_FRAMES)).join('\n').slice(0, MAX_TEXT)
  }

  /** A text of the guest's with stacks in it: lines that have the form of a frame. */
  text(raw: string): string {
    if (!/^[ \t]*at /m.test(raw)) return raw
    const lines = raw.trimEnd().split('\n').filter((line) => !isOurs(line)) // a stack ends with a line feed, which would be a line of its own
    return this.#mapLines(lines).join('\n').slice(0, MAX_TEXT)
  }

  /** The first place in a stack that is the package's. */
  first(stack: string): Position | undefined {
    for (const line of stack.split('\n', MAX_FRAMES)) {
      const frame = parseFrame(line, this.#isFile)
      if (frame !== undefined) return this.place(frame)
    }
    return undefined
  }

  /** The original of a place; the same place where there is none. */
  place({ file, line, column }: Position): Position {
    const original = this.#find({ file, line, column })
    return original === undefined ? { file, line, column } : { file: original.file, line: original.line, column: original.column }
  }

  #mapLines(lines: readonly string[]): readonly string[] {
    const frames: (Frame | undefined)[] = []
    let left = MAX_FRAMES
    for (const line of lines) {
      const frame = left > 0 ? parseFrame(line, this.#isFile) : undefined
      if (frame !== undefined) left--
      frames.push(frame)
    }
    return lines.map((line, index) => {
      const frame = frames[index]
      const original = frame && this.#find(frame)
      if (frame === undefined || original === undefined) return line
      const { file, line: originalLine, column } = original
      return frameText({ ...frame, file, line: originalLine, column, name: this.#calledName(frame, frames[index + 1]) ?? frame.name })
    })
  }

  /**
   * A minified function's own name, read off the call in the frame below: there, the map names the identifier that was called. Only where the
   * generated code calls exactly the function's name, and the map has an entry for exactly that identifier.
   */
  #calledName(frame: Frame, caller: Frame | undefined): string | undefined {
    const source = caller && this.#files.get(caller.file)
    if (caller === undefined || source === undefined || frame.name === '' || this.#mapOf(caller.file) === undefined) return undefined
    const lineAt = lineStart(source, caller.line)
    if (lineAt === undefined) return undefined
    const column = this.#unitColumn(caller)
    const at = lineAt + column - 1
    // QuickJS points at the parenthesis of a call, or at the `return` whose value the call is.
    const before = /[\w$]+$/.exec(source.slice(Math.max(at - frame.name.length - 1, 0), at))?.[0]
    const after = /^return\s{1,20}([\w$]{1,128})\(/.exec(source.slice(at, at + 160))
    const start = source[at] === '(' && before === frame.name ? column - before.length
      : after?.[1] === frame.name ? column + after[0].length - 1 - frame.name.length : undefined
    const original = start === undefined ? undefined : this.#lookUp(caller.file, caller.line, start)
    return original?.isExact === true && original.name !== '' ? original.name : undefined
  }

  #find(place: Position): Original | undefined {
    if (this.#mapOf(place.file) === undefined) return undefined
    return this.#lookUp(place.file, place.line, this.#unitColumn(place))
  }

  #lookUp(file: string, line: number, column: number): Original | undefined {
    const key = `${line}:${column}:${file}`
    if (!this.#known.has(key)) {
      if (this.#known.size >= MAX_KNOWN) this.#known.clear()
      this.#known.set(key, this.#lookUpAnew(file, line, column))
    }
    return this.#known.get(key)
  }

  #lookUpAnew(file: string, line: number, column: number): Original | undefined {
    try {
      return this.#mapOf(file)?.find(line, column)
    } catch {
      return undefined // the library met what it did not expect
    }
  }

  #mapOf(file: string): SourceMap | undefined {
    if (!this.#found.has(file)) this.#found.set(file, this.#read(file))
    return this.#found.get(file)
  }

  #read(file: string): SourceMap | undefined {
    const source = this.#files.get(file)
    if (source === undefined) return undefined
    try {
      const found = findMapText(file, source, this.#maps, this.#budget.characters)
      return found && SourceMap.parse(found.text, found.path, this.#budget)
    } catch {
      return undefined // not UTF-8, not base64
    }
  }

  /** QuickJS counts code points, source maps count UTF-16 units. */
  #unitColumn({ file, line, column }: Position): number {
    const source = this.#files.get(file) ?? ''
    const hasAstral = this.#hasAstral.get(file) ?? /[\ud800-\udbff]/.test(source)
    this.#hasAstral.set(file, hasAstral)
    if (!hasAstral) return column
    const start = lineStart(source, line)
    if (start === undefined) return column
    let at = start
    for (let count = 1; count < column && at < source.length; count++) at += (source.codePointAt(at) ?? 0) > 0xffff ? 2 : 1
    return at - start + 1
  }
}

/** Index of the first character of a line, from 1; undefined where there is none, or only far down. */
function lineStart(source: string, line: number): number | undefined {
  if (line > MAX_LINES) return undefined
  let start = 0
  for (let count = 1; count < line; count++) {
    const end = source.indexOf('\n', start)
    if (end < 0) return undefined
    start = end + 1
  }
  return start
}
