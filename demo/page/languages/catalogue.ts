/** The gallery's guests in other languages, in order. */
import type { Bench } from '../bench.ts'
import { codecTool } from './codec.ts'
import { cronTool } from './cron.ts'
import { gofmtTool } from './gofmt.ts'
import { mazeTool } from './maze.ts'
import { paletteTool } from './palette.ts'
import { photoTool } from './photo.ts'
import { redactTool } from './redact.ts'
import { siteTool } from './site.ts'
import { sudokuTool } from './sudoku.ts'
import { unitsTool } from './units.ts'

export interface LanguageEntry {
  /** Folder of the package, and the page's fragment. */
  readonly name: string
  readonly title: string
  readonly line: string
  readonly language: string
  /** How it is spoken to. */
  readonly kind: string
  readonly tool: (bench: Bench) => HTMLElement
}

const COMPONENT = 'component'
const COMMAND = 'WASI command'
const REACTOR = 'WASI reactor'
const FUNCTIONS = 'JSON functions'

export const LANGUAGES: readonly LanguageEntry[] = [
  { name: 'photo', title: 'Darkroom', line: 'Filters over the pixels of a picture.', language: 'Rust', kind: COMPONENT, tool: photoTool },
  { name: 'codec', title: 'QOI codec', line: 'A picture packed and unpacked, as files.', language: 'C', kind: COMMAND, tool: codecTool },
  { name: 'sudoku', title: 'Sudoku', line: 'Puzzles made and solved, a board that it remembers.', language: 'C++', kind: REACTOR, tool: sudokuTool },
  { name: 'maze', title: 'Maze', line: 'Dug, and three ways of searching through it.', language: 'Zig', kind: COMMAND, tool: mazeTool },
  { name: 'gofmt', title: 'gofmt', line: 'Go source, tidied by Go\u2019s own library.', language: 'Go', kind: COMMAND, tool: gofmtTool },
  { name: 'palette', title: 'Palette', line: 'Colours that match, with contrast.', language: 'AssemblyScript', kind: FUNCTIONS, tool: paletteTool },
  { name: 'units', title: 'Units', line: 'Exact conversions, and numbers described.', language: 'Python', kind: COMPONENT, tool: unitsTool },
  { name: 'cron', title: 'Cron', line: 'An expression in words, and its next times.', language: 'JavaScript', kind: COMPONENT, tool: cronTool },
  { name: 'redact', title: 'Redact', line: 'Names, addresses and numbers taken out.', language: 'Rust', kind: 'Extism plug-in', tool: redactTool },
  { name: 'site', title: 'Site', line: 'A web site without a server.', language: 'Rust', kind: 'wasi:http handler', tool: siteTool },
]
