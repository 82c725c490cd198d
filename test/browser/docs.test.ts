/**
 * Runs every ```ts, ```js and ```html block of README.md and docs/*.md. Conventions for their authors:
 *
 * - A ```ts or ```js block runs as a module of its own: it has its imports (`from 'glovebox'`), may use top-level await, and passes when it
 *   does not throw. ```ts continue  joins the block to the one before it in the same section (write no import twice).
 * - A ```js block whose first line is `// main.js` is a file of an extension package, and so is any block with a file name after the
 *   language (```json data/cities.json). A section's named blocks together are one package. Its manifest is the section's ```json block
 *   with an "entry" (every file that it lists must be shown); without one a manifest without permissions is made up.
 * - The package stands for every '….../glovebox.json' and '….glove' string in blocks of that section and of later ones, up to the next package.
 *   A section with a package and nothing to run is installed and started.
 * - `https://api.example.com` stands for the test server, in code, manifests and pages. ```json api=/forecast  is what it answers there;
 *   its own routes (/echo, …) are listed in test/server/routes.ts.
 * - A ```html block is loaded as a page, at an origin of its own, where `glovebox.iife.js` and `from 'glovebox'` are the built library. It passes
 *   when its last inline module ends (without one: at `load`) and no script failed.
 * - Shell commands, server configuration and signatures that are not code belong into ```sh or ```text.
 */
import { afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import docs from 'virtual:glovebox-docs'
import type { Block, Section } from '../docs/extract.ts'
import { type DocPackage, isManifest, packageOf, register, registerPackage } from '../docs/package.ts'
import { forgetDatabases, runModule, runPage } from '../docs/run.ts'

const { origin } = inject('server')

afterEach(forgetDatabases)

for (const doc of docs) {
  describe(doc.file, () => {
    const apiFiles = Object.fromEntries(doc.sections.flatMap(({ blocks }) => blocks).flatMap((block) => (block.api ? [[block.api, block.code]] : [])))
    beforeAll(async () => { await register(origin, '', apiFiles) })

    doc.sections.forEach((section, index) => {
      const name = section.heading || 'its beginning'
      for (const { block, code } of runnable(section)) {
        test(`${name}, line ${block.line} (${block.language})`, async () => {
          const found = latestPackage(doc.sections.slice(0, index + 1))
          const surroundings = { origin, packageUrl: found && (await registerPackage(origin, found)) }
          await (block.language === 'html' ? runPage(block, surroundings) : runModule(code, surroundings))
        })
      }
      if (runnable(section).length === 0) test(`${name}: what it shows is whole`, () => showsWhole(section))
    })
  })
}

/** Blocks to run, each with those that continue it. */
function runnable({ blocks }: Section): { readonly block: Block, readonly code: string }[] {
  const runs: { block: Block, code: string }[] = []
  for (const block of blocks) {
    const last = runs.at(-1)
    if (block.file !== undefined || block.language === 'json') continue
    if (block.continues && last) last.code += `\n${block.code}`
    else runs.push({ block, code: block.code })
  }
  return runs
}

function latestPackage(sections: readonly Section[]): DocPackage | undefined {
  return sections.map(packageOf).findLast((found) => found !== undefined)
}

async function showsWhole(section: Section): Promise<void> {
  for (const block of section.blocks) if (block.language === 'json') expect(() => JSON.parse(block.code), `line ${block.line}`).not.toThrow()
  const found = packageOf(section)
  if (!found) return
  expect(section.blocks.filter(isManifest).length).toBeLessThanOrEqual(1)
  await runModule(INSTALL, { origin, packageUrl: await registerPackage(origin, found) })
}

const INSTALL = `import { createGlovebox } from 'glovebox'
const box = await createGlovebox({ trust: { kind: 'development' }, prompt: async ({ permissions }) => permissions.map(() => 'always') })
try {
  const extension = await box.install('glovebox.json')
  await extension.start()
} finally {
  box.dispose()
}`
