/** A fresh `dist/`: `npm test` builds before it starts the engines; a run of one file by hand builds here when a source is newer. */
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { buildLibrary, ROOT } from '../../src/build/library.ts'

export async function provideLibrary(): Promise<void> {
  if (await isStale()) await buildLibrary().catch(warn)
}

/** Tests that import sources run all the same; the others meet what was built before. `npm test` stops at such a failure. */
function warn(error: unknown): void {
  process.stderr.write(`dist/ is older than the sources, because the build failed: ${String(error)}\n`)
}

async function isStale(): Promise<boolean> {
  const built = await stat(join(ROOT, 'dist/script.worker.js')).catch(() => undefined)
  if (!built) return true
  const names = await readdir(join(ROOT, 'src'), { recursive: true })
  const times = await Promise.all(names.map(async (name) => (await stat(join(ROOT, 'src', name))).mtimeMs))
  return Math.max(...times) > built.mtimeMs
}
