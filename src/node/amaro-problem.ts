/**
 * What amaro threw, as message and place. Version 0.1 throws a text drawn for terminals: the source's line, and below it a line of carets.
 * Later versions throw objects that name the place.
 */

export interface Problem {
  readonly message: string
  /** From 1. */
  readonly line: number
  readonly column: number
}

export function readProblem(error: unknown, source: string): Problem {
  if (typeof error === 'object' && error !== null) {
    const { message, startLine, startColumn } = error as Readonly<Record<string, unknown>> // read, not trusted
    const line = typeof startLine === 'number' ? startLine : 1
    return { message: firstLine(String(message)), line, column: typeof startColumn === 'number' ? startColumn + 1 : 1 }
  }
  return readDrawing(String(error), source)
}

function readDrawing(text: string, source: string): Problem {
  const message = firstLine(text.replace(/^\s*x /, ''))
  const lines = text.split('\n')
  const under = lines.findIndex((line) => /^\s*:\s*\^/.test(line))
  const above = /^\s*(\d+) \| /.exec(lines[under - 1] ?? '')
  const line = Number(above?.[1] ?? 1)
  const drawn = lines[under] ?? ''
  return { message, line, column: columnAt(source.split('\n')[line - 1] ?? '', drawn.indexOf('^') - drawn.indexOf(':') - 2) }
}

/** The drawing shows tabs as blanks up to the next fourth column, and wide characters as two. */
function columnAt(line: string, shown: number): number {
  let width = 0
  let column = 1
  for (const char of line) {
    if (width >= shown) break
    width += char === '\t' ? 4 - (width % 4) : (char.codePointAt(0) ?? 0) > 0x10ff ? 2 : 1
    column += char.length
  }
  return column
}

function firstLine(text: string): string {
  return (text.split('\n', 1)[0] ?? '').trim()
}
