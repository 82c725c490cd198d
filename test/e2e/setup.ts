/** Vitest's global set-up of the end-to-end tests: the gallery, built once and served. */
import type { TestProject } from 'vitest/node'
import { buildDemo } from '../../demo/build.mjs'
import { startDemo } from '../../demo/server.mjs'
import { provideLibrary } from '../server/library.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The gallery's URL. */
    readonly gallery: string
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await provideLibrary()
  await buildDemo()
  const server = await startDemo({ port: 0 })
  project.provide('gallery', server.url)
  return server.close
}
