/** What the gallery shows, in order. `asks`: installing it opens the consent dialog, so it waits for a click. */
import type { Bench } from './bench.ts'
import { ATTEMPTS } from './tool/attempts.ts'
import { csvTool } from './tool/csv.ts'
import { feedTool } from './tool/feed.ts'
import { formatTool } from './tool/format.ts'
import { hostileTool } from './tool/hostile.ts'
import { markdownTool } from './tool/markdown.ts'
import { schemaTool } from './tool/schema.ts'

export interface Entry {
  /** Folder of the package, and the page's fragment. */
  readonly name: string
  readonly title: string
  readonly line: string
  /** The library that does the work, or what else it is about, and then `verb` before it in place of "Runs". */
  readonly runs: string
  readonly verb?: string
  readonly asks: boolean
  /** Makes the tool once the extension is installed. `neighbour`: another extension, to see that it still lives. */
  tool(bench: Bench, neighbour: () => Promise<Bench>): HTMLElement
}

export const CATALOGUE: readonly Entry[] = [
  {
    name: 'markdown',
    title: 'Markdown',
    line: 'Write on the left, read on the right.',
    runs: 'marked 18, unmodified',
    asks: false,
    tool: markdownTool,
  },
  {
    name: 'csv',
    title: 'CSV explorer',
    line: 'Columns described, rows sorted and filtered.',
    runs: 'Papa Parse 5, unmodified',
    asks: false,
    tool: csvTool,
  },
  { name: 'schema', title: 'Schema checker', line: 'JSON against its schema, compiled with eval.', runs: 'Ajv 8', asks: false, tool: schemaTool },
  {
    name: 'format',
    title: 'Formatter',
    line: 'JavaScript, CSS, HTML and Markdown tidied up.',
    runs: 'Prettier 3, unmodified',
    asks: false,
    tool: formatTool,
  },
  {
    name: 'feed',
    title: 'Feed reader',
    line: 'Asks for the network, then for the store.',
    runs: 'fetch and storage, by consent',
    verb: 'Uses',
    asks: true,
    tool: feedTool,
  },
  {
    name: 'hostile',
    title: 'Hostile',
    line: 'Everything an extension should not do.',
    runs: `${ATTEMPTS.length} attempts`,
    verb: 'Makes',
    asks: true,
    tool: hostileTool,
  },
]
