/** The gallery's guests in other languages: what is committed has its source, its manifest and the size it may have. */
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { builtFile, GUESTS, MAX_COMMITTED_BYTES, sourceFolder } from '../../../demo/guests/list.mjs'

const EXTENSIONS = join(import.meta.dirname, '../../../demo/extensions')
const COMMITTED = GUESTS.filter(({ isCommitted }) => isCommitted)

/** `\0asm`, version 1, and what follows it: a module or a component. */
const LAYERS = new Map([
  ['core', '0061736d01000000'],
  ['component', '0061736d0d000100'],
])

interface GuestManifest {
  readonly lane: string
  readonly entry: string
  readonly files: readonly string[]
}

async function readManifest(name: string): Promise<GuestManifest> {
  return JSON.parse(await readFile(join(sourceFolder(name), 'glovebox.json'), 'utf8'))
}

test.each(GUESTS)('$name has a manifest that names its one file', async ({ name }) => {
  const { lane, entry, files } = await readManifest(name)

  expect([...LAYERS.keys()]).toContain(lane)
  expect(entry).toBe(`dist/${name}.wasm`)
  expect(files).toEqual([entry])
})

test.each(GUESTS)('$name has its source', async ({ name }) => {
  const sources = (await readdir(sourceFolder(name), { recursive: true })).filter((file) => /\.(rs|c|cpp|zig|ts|go|py|js)$/.test(file))

  expect(sources).not.toEqual([])
})

test.each(COMMITTED)('the committed file of $name is there and small enough', async ({ name }) => {
  const { size } = await stat(builtFile(name) ?? '')

  expect(size).toBeLessThanOrEqual(MAX_COMMITTED_BYTES)
})

test.each(GUESTS)('$name, where it is built, is of the kind that its lane takes', async ({ name }) => {
  const file = builtFile(name)
  const { lane } = await readManifest(name)

  if (file !== undefined) expect((await readFile(file)).subarray(0, 8).toString('hex')).toBe(LAYERS.get(lane))
})

test('no binary lies beside the extensions that is not on the list', async () => {
  const found = (await readdir(EXTENSIONS, { recursive: true })).filter((file) => file.endsWith('.wasm'))

  expect(found.sort()).toEqual(COMMITTED.map(({ name }) => `${name}/dist/${name}.wasm`).sort())
})
