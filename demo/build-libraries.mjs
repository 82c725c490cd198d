/**
 * Bundles npm libraries, each with its task in demo/library/, into one ES module each: nothing minified, replaced or left out. The same
 * module runs in Node (for the result that all others must give), in an extension, in a plain worker, and in quickjs-emscripten.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'vite'

const HERE = dirname(fileURLToPath(import.meta.url))

/** @typedef {{ readonly name: string, readonly library: string, readonly does: string, readonly kind: string, readonly version: string, readonly bytes: number, readonly expected: string }} Library */

/** Writes `<name>/main.js` and `<name>/glovebox.json` for each, and returns what Node makes of them. @param {string} outDir @returns {Promise<readonly Library[]>} */
export async function buildLibraries(outDir) {
  const list = JSON.parse(await readFile(join(HERE, 'library/list.json'), 'utf8'))
  const built = []
  for (const entry of list) {
    const folder = join(outDir, entry.name)
    await bundle(join(HERE, 'library', `${entry.name}.js`), folder)
    const file = join(folder, 'main.js')
    const version = await versionOf(entry.library)
    await writeFile(join(folder, 'glovebox.json'), JSON.stringify(manifest(entry, version), null, 2))
    const { run } = await import(`${pathToFileURL(file).href}?${Date.now()}`)
    built.push({ ...entry, version, bytes: (await readFile(file)).length, expected: await run() })
  }
  return built
}

/** @param {string} entry @param {string} outDir */
async function bundle(entry, outDir) {
  await mkdir(outDir, { recursive: true })
  await build({
    configFile: false,
    logLevel: 'warn',
    root: HERE,
    publicDir: false,
    build: {
      target: 'esnext',
      outDir,
      emptyOutDir: true,
      minify: false,
      chunkSizeWarningLimit: 10_000,
      lib: { entry, formats: ['es'], fileName: () => 'main.js' },
    },
  })
}

/** @param {string} library */
async function versionOf(library) {
  // Some packages do not export their manifest: it is beside the first node_modules folder that has the name.
  const require = createRequire(import.meta.url)
  const folder = (require.resolve.paths(library) ?? []).map((path) => join(path, library))
  for (const path of folder) {
    const text = await readFile(join(path, 'package.json'), 'utf8').catch(() => undefined)
    if (text !== undefined) return JSON.parse(text).version
  }
  throw new Error(`${library} is not installed`)
}

function manifest({ name, library, does }, version) {
  return {
    id: `dev.glovebox.library.${name}`,
    name: `${library} ${version}`,
    version: '1.0.0',
    description: `${does}, with ${library} as npm has it.`,
    lane: 'script',
    entry: 'main.js',
    lifetime: 'session',
    files: ['main.js'],
    permissions: [],
    optionalPermissions: [],
  }
}
