// @ts-check
/** Sizes of what is shipped. */
import { readFile, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { runnerImport } from 'vite'

const KB = 1000
const STATIC_IMPORT = /(?:^|[;}\s])(?:import|export)(?:[\w*$\s{},]*?from)?\s*["'](\.\/[^"']+)["']/g

/** @param {string} dist @returns {Promise<Record<string, number>>} kB */
export async function measureSizes(dist) {
  const entry = await withStaticImports(dist, 'index.js')
  /** @type {{ module: typeof import('../../src/build/guest-bundle.ts') }} */
  const { module } = await runnerImport(new URL('../../src/build/guest-bundle.ts', import.meta.url).pathname)
  const code = await module.bundlePrelude()
  const worker = await readFile(join(dist, 'script.worker.js'))
  const engine = await readFile(join(dist, 'quickjs.wasm'))
  return {
    entryKb: gzipped(Buffer.concat(await Promise.all(entry.map((name) => readFile(join(dist, name)))))),
    uiGzipKb: await gzippedFile(dist, 'ui.js'),
    workerKb: worker.length / KB,
    workerGzipKb: gzipped(worker),
    preludeKb: code.length / KB,
    engineKb: (await stat(join(dist, 'quickjs.wasm'))).size / KB,
    engineGzipKb: gzipped(engine),
    componentWorkerGzipKb: await gzippedFile(dist, 'component.worker.js'),
    coreWorkerGzipKb: await gzippedFile(dist, 'core.worker.js'),
    preparerGzipKb: await gzippedFile(dist, 'prepare.worker.js'),
    transpilerGzipKb: await gzippedFile(dist, 'transpiler.core.wasm') + await gzippedFile(dist, 'transpiler.core2.wasm'),
    wasmProgramGzipKb: await gzippedFile(dist, (await readdir(dist)).find((name) => /^wasm-program-.*\.js$/.test(name)) ?? ''),
  }
}

/** @param {string} dist @param {string} name */
async function gzippedFile(dist, name) {
  return gzipped(await readFile(join(dist, name)))
}

/** @param {string} dist @param {string} first @returns {Promise<readonly string[]>} */
async function withStaticImports(dist, first) {
  const found = new Set([first])
  for (const name of found) {
    const code = await readFile(join(dist, name), 'utf8')
    for (const [, path = ''] of code.matchAll(STATIC_IMPORT)) found.add(path.slice(2))
  }
  return [...found]
}

/** @param {Buffer} bytes */
function gzipped(bytes) {
  return gzipSync(bytes, { level: 9 }).length / KB
}
