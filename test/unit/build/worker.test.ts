import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildWorker } from '../../../src/build/library.ts'

const SOURCE = fileURLToPath(new URL('../../../src/guest/', import.meta.url))

describe('the script worker', () => {
  let folder: string
  let worker: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'glovebox-worker-'))
    const file = join(folder, 'script.worker.js')
    await buildWorker(join(SOURCE, 'script.worker.ts'), file)
    worker = await readFile(file, 'utf8')
  })

  afterAll(() => rm(folder, { recursive: true }))

  test('binds those functions of the engine that are called, and no others', async () => {
    const engine = await readFile(join(SOURCE, 'script/engine.ts'), 'utf8')
    const bound = [...worker.matchAll(/\bthis\.(QTS_\w+)=/g), ...worker.matchAll(/\._(QTS_\w+)=/g)].map(([, name]) => name)

    expect(new Set(bound)).toEqual(new Set(engine.match(/QTS_\w+/g)))
    expect(bound).toHaveLength(2 * new Set(bound).size)
  })

  test('has nothing of the glue that would load by itself', () => {
    expect(worker.match(/XMLHttpRequest|instantiateStreaming|credentials/g)).toBeNull()
  })
})
