/** Markdown → the fenced blocks that the docs runner knows, section by section. Pure; conventions stand in test/browser/docs.test.ts. */

export type Language = 'ts' | 'js' | 'html' | 'json'

export interface Block {
  readonly language: Language
  readonly code: string
  /** Line of the block's first line of code, from 1. */
  readonly line: number
  /** A file of the section's extension package. */
  readonly file: string | undefined
  /** Path that the documented API answers with this block. */
  readonly api: string | undefined
  readonly continues: boolean
}

export interface Section {
  readonly heading: string
  readonly blocks: readonly Block[]
}

const FENCE = /^(\s*)```(\w*)\s*(.*)$/
const HEADING = /^#{1,6}\s+(.*)$/
const FILE_COMMENT = /^\/\/\s*([\w./-]+\.(?:js|mjs))\s*$/
const FILE_NAME = /^[\w./-]+\.\w+$/
const LANGUAGES: readonly string[] = ['ts', 'js', 'html', 'json'] satisfies readonly Language[]

export function extractSections(markdown: string): Section[] {
  const sections: { heading: string, blocks: Block[] }[] = [{ heading: '', blocks: [] }]
  const lines = markdown.split('\n')
  for (let index = 0; index < lines.length; index += 1) {
    const fence = FENCE.exec(lines[index] ?? '')
    const heading = HEADING.exec(lines[index] ?? '')?.[1]
    if (heading !== undefined) sections.push({ heading, blocks: [] })
    if (!fence) continue
    const [, indent = '', language = '', meta = ''] = fence
    const end = lines.findIndex((line, at) => at > index && line.trim() === '```')
    if (end < 0) throw new Error(`line ${index + 1}: the block has no end`)
    const code = lines.slice(index + 1, end).map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line)).join('\n')
    if (isLanguage(language)) sections.at(-1)?.blocks.push(createBlock(language, code, meta.trim(), index + 2))
    index = end
  }
  return sections.filter((section) => section.blocks.length > 0)
}

function isLanguage(word: string): word is Language {
  return LANGUAGES.includes(word)
}

function createBlock(language: Language, code: string, meta: string, line: number): Block {
  const words = meta.split(/\s+/)
  const comment = language === 'js' ? FILE_COMMENT.exec(code.split('\n', 1)[0] ?? '')?.[1] : undefined
  return {
    language,
    code,
    line,
    file: comment ?? words.find((word) => FILE_NAME.test(word) && !word.includes('=')),
    api: words.find((word) => word.startsWith('api='))?.slice('api='.length),
    continues: words.includes('continue'),
  }
}
