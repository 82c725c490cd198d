/** `virtual:glovebox-libraries`: npm libraries with a task each, bundled as the gallery bundles them, and what Node makes of each bundle. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vite'

export interface LibraryCase {
  readonly name: string
  readonly code: string
  /** Node's result. */
  readonly expected: string
}

const OUT = fileURLToPath(new URL('../../.cache/libraries', import.meta.url))

export function librariesPlugin(): Plugin {
  return {
    name: 'glovebox-libraries',
    resolveId: { filter: { id: /^virtual:glovebox-libraries$/ }, handler: (id) => `\0${id}` },
    load: {
      filter: { id: /^\0virtual:glovebox-libraries$/ },
      async handler() {
        const { buildLibraries } = await import('../../demo/build-libraries.mjs')
        const libraries = await buildLibraries(OUT)
        const cases = await Promise.all(libraries.map(async ({ name, expected }): Promise<LibraryCase> =>
          ({ name, code: await readFile(join(OUT, name, 'main.js'), 'utf8'), expected })))
        return `export default ${JSON.stringify(cases)}`
      },
    },
  }
}
