// @ts-check
/**
 * Bundles a page for each program and subject, as an app would. The library itself stays as it was built: it is imported from /dist/, as
 * users of a plain server do.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const ENTRY = 'bench-page:'
const NODE_MODULES = /^(?:node:)?(?:path|util|url|fs|buffer|events|process|stream)$/

/** @param {readonly string[]} pages  `program.subject`, or `program` for one that needs no subject @param {string} folder  replaced @param {string} jco  where modules `jco/NAME` lie */
export async function bundlePages(pages, folder, jco) {
  await build({
    configFile: false,
    root: HERE,
    base: '/bench/',
    logLevel: 'warn',
    worker: { format: 'es' },
    // A peer that was written for Node asks for a few of its modules even in a browser.
    resolve: { alias: [{ find: NODE_MODULES, replacement: join(HERE, 'subject/node-shims.js') }, { find: /^jco(?=\/)/, replacement: jco }] },
    plugins: [pagePlugin()],
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: 'es2022',
      assetsInlineLimit: 0,
      modulePreload: false,
      reportCompressedSize: false,
      chunkSizeWarningLimit: 10_000,
      rolldownOptions: {
        input: Object.fromEntries(pages.map((page) => [page, ENTRY + page])),
        external: (id) => id.startsWith('/dist/'),
        output: { entryFileNames: '[name].js' },
      },
    },
  })
}

/** @returns {import('vite').Plugin} */
function pagePlugin() {
  return {
    name: 'bench-pages',
    resolveId: (id) => (id.startsWith(ENTRY) ? `\0${id}` : undefined),
    load(id) {
      if (!id.startsWith(`\0${ENTRY}`)) return undefined
      const [program, subject = 'nothing'] = id.slice(ENTRY.length + 1).split('.')
      return `import program from ${JSON.stringify(join(HERE, 'program', `${program}.js`))}
import { subject } from ${JSON.stringify(join(HERE, 'subject', `${subject}.js`))}
program(subject)`
    },
  }
}

/** A package to install from its URL. @param {string} folder */
export async function writePackage(folder) {
  await mkdir(folder, { recursive: true })
  const manifest = { id: 'com.example.url', name: 'Echo', version: '1.0.0', description: 'Measured.', lane: 'script', entry: 'main.js', files: ['main.js'] }
  await writeFile(join(folder, 'glovebox.json'), JSON.stringify(manifest))
  await writeFile(join(folder, 'main.js'), 'export const echo = (value) => value\nexport const version = 1\n')
}
