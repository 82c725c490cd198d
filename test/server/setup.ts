/** Vitest's global set-up of the browser projects: a fresh `dist/` and a running test server. */
import { copyFile, mkdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { buildWorker, ROOT } from '../../src/build/library.ts'
import { provideLibrary } from './library.ts'
import { type ServerAddresses, startServer } from './server.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    readonly server: ServerAddresses
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await provideLibrary()
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
