/**
 * Builds the gallery into `.demo/`: the page (bundled, `glovebox` resolved through the package's own exports) and the extension packages.
 * Third-party libraries are copied from node_modules unmodified; Papa Parse (UMD) gets three lines around its text to be an ES module,
 * Ajv (CommonJS) is bundled, not minified.
 */
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { buildLibraries } from './build-libraries.mjs'
import { copyGuests } from './guests/copy.mjs'

const HERE = dirname(fileURLToPath(import.meta.url))
const require = createRequire(import.meta.url)

/** Where the built gallery lies. */
export const DEMO_DIR = join(HERE, '..', '.demo')

/** Builds everything. `library`: the module that the page imports as `glovebox`; default what the package's exports name. */
export async function buildDemo({ library = require.resolve('glovebox'), outDir = DEMO_DIR } = {}) {
  await rm(outDir, { recursive: true, force: true })
  await mkdir(outDir, { recursive: true })
  await buildExtensions(join(outDir, 'extensions'))
  const guests = await copyGuests(join(outDir, 'extensions'))
  await buildCompare(join(outDir, 'compare'))
  const libraries = await buildLibraries(join(outDir, 'extensions/library'))
  await buildPage(library, join(outDir, 'page'))
  await writeFile(join(outDir, 'page/libraries.json'), JSON.stringify(libraries))
  await writeFile(join(outDir, 'page/guests.json'), JSON.stringify(guests))
}

/** The other places where the libraries run, to compare with: workers of the page's own origin, with policies of their own. */
async function buildCompare(outDir) {
  await build({
    configFile: false,
    logLevel: 'warn',
    root: join(HERE, 'compare'),
    base: '/compare/',
    publicDir: false,
    build: {
      target: 'es2022',
      outDir,
      emptyOutDir: true,
      assetsInlineLimit: 0,
      modulePreload: false,
      chunkSizeWarningLimit: 10_000,
      rolldownOptions: {
        input: { native: join(HERE, 'compare/native.worker.js'), raw: join(HERE, 'compare/raw.worker.js') },
        output: { entryFileNames: '[name].worker.js' },
      },
    },
  })
}

async function buildPage(library, outDir) {
  await build({
    configFile: false,
    logLevel: 'warn',
    root: HERE,
    publicDir: join(HERE, 'public'),
    resolve: {
      alias: [
        { find: /^glovebox$/, replacement: library },
        { find: /^glovebox\/ui$/, replacement: require.resolve('glovebox/ui') },
      ],
    },
    // The page's policy allows no inline scripts, and no data: assets where the library asks for a file.
    build: { target: 'es2022', outDir, emptyOutDir: true, assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  })
}

async function buildExtensions(outDir) {
  await cp(join(HERE, 'extensions'), outDir, { recursive: true })
  const vendor = (extension, file) => join(outDir, extension, 'vendor', file)
  for (const extension of ['markdown', 'csv', 'format', 'schema']) await mkdir(join(outDir, extension, 'vendor'))

  await copyModule('marked/lib/marked.esm.js', vendor('markdown', 'marked.esm.js'))
  await copyModule('prettier/standalone.mjs', vendor('format', 'standalone.mjs'))
  for (const plugin of ['babel', 'estree', 'postcss', 'markdown', 'html']) {
    await copyModule(`prettier/plugins/${plugin}.mjs`, vendor('format', `${plugin}.mjs`))
  }
  await wrapUmd('papaparse/papaparse.min.js', vendor('csv', 'papaparse.js'))
  await bundleAjv(vendor('schema', 'ajv.js'))
}

async function copyModule(path, target) {
  await cp(join(HERE, '..', 'node_modules', path), target)
}

/** Gives a UMD file the `module` it looks for; its own text stays as it is. */
async function wrapUmd(specifier, target) {
  const text = await readFile(require.resolve(specifier), 'utf8')
  await writeFile(target, `const module = { exports: {} };\nconst exports = module.exports;\n${text};\nexport default module.exports\n`)
}

async function bundleAjv(target) {
  await build({
    configFile: false,
    logLevel: 'warn',
    root: HERE,
    publicDir: false,
    build: {
      target: 'es2022',
      outDir: dirname(target),
      emptyOutDir: true,
      minify: false,
      lib: { entry: join(HERE, 'ajv-entry.js'), formats: ['es'], fileName: () => 'ajv.js' },
    },
  })
}
