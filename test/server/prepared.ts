/**
 * What Node prepares of the components in test/fixtures/, once a run for all tests that are not about preparing. That browsers make the same of
 * a component is tested elsewhere (test/browser/prepare.test.ts).
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ROOT } from '../../src/build/library.ts'

type Node = typeof import('../../src/node/index.ts')
type Prepared = Awaited<ReturnType<Node['prepare']>>

export interface Preparations {
  /** @param preparation  as in the key of the page's cache, behind the digest; undefined when Node makes no such one */
  find(fixture: string, preparation: string): Promise<ArrayBuffer | undefined>
}

const MANIFEST = { id: 'com.example.fixture', name: 'Fixture', version: '1.0.0', lane: 'component', entry: 'main.wasm', files: ['main.wasm'] }

export function createPreparations(): Preparations {
  const made = new Map<string, Promise<readonly Prepared[]>>()
  return {
    async find(fixture, preparation) {
      const known = made.get(fixture) ?? prepareFixture(fixture)
      made.set(fixture, known)
      return (await known).find(({ key }) => key.endsWith(` ${preparation}`))?.bytes
    },
  }
}

async function prepareFixture(fixture: string): Promise<readonly Prepared[]> {
  const folder = await mkdtemp(join(tmpdir(), 'glovebox-prepared-'))
  try {
    await writeFile(join(folder, 'main.wasm'), await readFile(join(ROOT, 'test/fixtures', `${fixture}.wasm`)))
    await writeFile(join(folder, 'glovebox.json'), JSON.stringify(MANIFEST))
    const { prepare }: Node = await import(/* @vite-ignore */ pathToFileURL(join(ROOT, 'dist/node.js')).href) // our own build
    return await Promise.all((['jspi', 'never'] as const).map((waiting) => prepare(folder, { waiting })))
  } finally {
    await rm(folder, { recursive: true })
  }
}
