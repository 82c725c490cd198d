/** `virtual:glovebox-docs`: the sections of README.md and docs/*.md, TypeScript blocks with their types stripped. */
import { existsSync, readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Plugin, transformWithOxc } from 'vite'
import { virtualModule } from '../virtual.ts'
import { type Block, extractSections, type Section } from './extract.ts'

export interface Doc {
  readonly file: string
  readonly sections: readonly Section[]
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

export function docsPlugin(): Plugin {
  return virtualModule('docs', async (watch) => {
    const docs = await Promise.all(documentFiles().map((file) => {
      watch(join(ROOT, file))
      return readDoc(file)
    }))
    return docs.filter((doc) => doc.sections.length > 0)
  })
}

function documentFiles(): string[] {
  const docs = existsSync(join(ROOT, 'docs')) ? readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`) : []
  return ['README.md', ...docs].filter((file) => file.endsWith('.md') && existsSync(join(ROOT, file)))
}

async function readDoc(file: string): Promise<Doc> {
  const sections = extractSections(await readFile(join(ROOT, file), 'utf8'))
  return { file, sections: await Promise.all(sections.map((section) => stripSection(section, file))) }
}

async function stripSection({ heading, blocks }: Section, file: string): Promise<Section> {
  return { heading, blocks: await Promise.all(blocks.map((block) => stripTypes(block, file))) }
}

/** A block that does not parse throws when it is run, so that only its own test fails. */
async function stripTypes(block: Block, file: string): Promise<Block> {
  if (block.language !== 'ts') return block
  const name = `${file}:${block.line}.ts`
  const code = await transformWithOxc(block.code, name, { sourcemap: false, typescript: { onlyRemoveTypeImports: false } })
    .then((result) => result.code, (error: unknown) => `throw new SyntaxError(${JSON.stringify(String(error))})`)
  return { ...block, code }
}
