/** Vitest's global set-up of the browser projects: a fresh `dist/` and a running test server. */
import { copyFile, mkdir, readdir, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { buildLibrary, buildWorker, ROOT } from '../../src/build/library.ts'
import { type ServerAddresses, startServer } from './server.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    readonly server: ServerAddresses
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  if (await isStale()) await buildLibrary().catch(warn)
  await buildEscaped()
  const server = await startServer()
  project.provide('server', { origin: server.origin, otherOrigin: server.otherOrigin })
  return server.close
}

/** The worker of escaped code, beside the shipped frame and engine: what `/escaped/` serves. */
async function buildEscaped(): Promise<void> {
  const folder = join(ROOT, '.cache/escaped')
  await mkdir(folder, { recursive: true })
  await place(join(folder, 'script.worker.js'), (file) => buildWorker(join(ROOT, 'test/hostile/escaped.worker.ts'), file))
  for (const name of ['frame.html', 'quickjs.wasm']) await place(join(folder, name), (file) => copyFile(join(ROOT, 'dist', name), file))
}

/** Whole or not at all: another engine's tests, which run beside, may be reading the file. */
async function place(file: string, make: (file: string) => Promise<void>): Promise<void> {
  const draft = `${file}.${process.pid}`
  await make(draft)
  await rename(draft, file)
}

/** Tests that import sources run all the same; the others meet what was built before. `npm test` stops at such a failure. */
function warn(error: unknown): void {
  process.stderr.write(`dist/ is older than the sources, because the build failed: ${String(error)}\n`)
}

/** `npm test` builds before it starts the engines; a run of one file by hand builds here when a source is newer. */
async function isStale(): Promise<boolean> {
  const built = await stat(join(ROOT, 'dist/script.worker.js')).catch(() => undefined)
  if (!built) return true
  const names = await readdir(join(ROOT, 'src'), { recursive: true })
  const times = await Promise.all(names.map(async (name) => (await stat(join(ROOT, 'src', name))).mtimeMs))
  return Math.max(...times) > built.mtimeMs
}
