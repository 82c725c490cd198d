/**
 * One line of a QuickJS stack: `    at name (file:line:column)`, or `    at file:line:column` for a syntax error. Guests write such lines
 * themselves, too, of any content and length: everything here is linear in the line.
 */

/** A place in source text; line and column from 1. */
export interface Position {
  readonly file: string
  readonly line: number
  readonly column: number
}

export interface Frame extends Position {
  /** Up to and with `at `. */
  readonly prefix: string
  /** '' where the line has none. */
  readonly name: string
}

const PLACE = /:(\d{1,9}):(\d{1,9})(\)?)$/
const PREFIX = /^\s*at /
/** How many ` (` are tried for the one before the file's name, which may hold some itself. */
const MAX_TRIES = 8

/** The frame in a file that `isFile` knows, or undefined. */
export function parseFrame(text: string, isFile: (file: string) => boolean): Frame | undefined {
  const prefix = PREFIX.exec(text)?.[0]
  const place = prefix === undefined ? null : PLACE.exec(text)
  if (prefix === undefined || place === null) return undefined
  const rest = text.slice(prefix.length, place.index)
  const position = { prefix, line: Number(place[1]), column: Number(place[2]) }
  if (place[3] === '') return isFile(rest) ? { ...position, file: rest, name: '' } : undefined
  for (let open = rest.lastIndexOf(' ('), tries = 0; open >= 0 && tries < MAX_TRIES; open = rest.lastIndexOf(' (', open - 1), tries++) {
    const file = rest.slice(open + 2)
    if (isFile(file)) return { ...position, file, name: rest.slice(0, open) }
    if (open === 0) break
  }
  return undefined
}

export function frameText({ prefix, name, file, line, column }: Frame): string {
  const place = `${file}:${line}:${column}`
  return name === '' ? `${prefix}${place}` : `${prefix}${name} (${place})`
}

/** A frame of ours or of QuickJS itself: it means nothing to the extension's author. */
export function isOurs(text: string): boolean {
  return PREFIX.test(text) && (text.endsWith('(native)') || /(?:\(| at )glovebox:[\w-]*(?::\d+){0,2}\)?$/.test(text.slice(-60)))
}
