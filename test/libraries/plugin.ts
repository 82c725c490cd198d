/** `virtual:glovebox-libraries`: npm libraries with a task each, bundled as the gallery bundles them, and what Node makes of each bundle. */
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vite'
import { virtualModule } from '../virtual.ts'

export interface LibraryCase {
  readonly name: string
  readonly code: string
  /** Node's result. */
  readonly expected: string
}

/** Within the project: its package.json makes Node take the bundles as modules. */
const CACHE = fileURLToPath(new URL('../../.cache', import.meta.url))

export function librariesPlugin(): Plugin {
  return virtualModule('libraries', buildCases)
}

/** In a folder of its own: the engines run side by side. */
async function buildCases(): Promise<readonly LibraryCase[]> {
  const { buildLibraries } = await import('../../demo/build-libraries.mjs')
  await mkdir(CACHE, { recursive: true })
  const folder = await mkdtemp(join(CACHE, 'libraries-'))
  try {
    const libraries = await buildLibraries(folder)
    return await Promise.all(libraries.map(async ({ name, expected }) => ({ name, code: await readFile(join(folder, name, 'main.js'), 'utf8'), expected })))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
