/**
 * `virtual:glovebox-typescript`: the extension of test/fixtures/typescript as its author would ship it, bundled and minified with a source map, and
 * as `pack` packs it. Both are made in Node.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import type { Plugin } from 'vite'
import { pack } from '../../src/node/pack.ts'
import { virtualModule } from '../virtual.ts'

export interface TypescriptFixture {
  /** Of the bundle: `main.js` and its map. */
  readonly code: string
  readonly map: string
  /** By path. */
  readonly sources: Readonly<Record<string, string>>
  readonly archive: { readonly base64: string; readonly digest: string; readonly warnings: readonly string[] }
}

const FOLDER = fileURLToPath(new URL('../fixtures/typescript/', import.meta.url))

export function packedPlugin(): Plugin {
  return virtualModule('typescript', async (watch) => {
    const sources = Object.fromEntries(await Promise.all(['src/main.ts', 'src/order.ts'].map(async (path) => {
      watch(join(FOLDER, path))
      return [path, await readFile(join(FOLDER, path), 'utf8')] as const
    })))
    const { archive, digest, warnings } = await pack(FOLDER)
    const packed = { base64: Buffer.from(archive).toString('base64'), digest, warnings }
    return { ...(await bundle()), sources, archive: packed } satisfies TypescriptFixture
  })
}

async function bundle(): Promise<Pick<TypescriptFixture, 'code' | 'map'>> {
  const build = await rolldown({ input: join(FOLDER, 'src/main.ts'), platform: 'neutral' })
  try {
    const { output: [chunk] } = await build.generate({ file: join(FOLDER, 'main.js'), format: 'es', minify: true, sourcemap: true })
    return { code: chunk.code, map: String(chunk.map) }
  } finally {
    await build.close()
  }
}
