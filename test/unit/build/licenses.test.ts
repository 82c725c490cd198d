import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { BUILT_IN, writeLicenses } from '../../../src/build/licenses.ts'
import { readSources } from '../source-files.ts'

const MODULES = fileURLToPath(new URL('../../../node_modules', import.meta.url))
/** Of the platform, of ours, or brought by the app itself. */
const NOT_BUILT_IN = /^(node:|glovebox:|virtual:|amaro$|@opentelemetry\/)/

test('every package that the library is made of is named with its licence', async () => {
  const imported = new Set(readSources().flatMap(({ imports }) => imports.flatMap(({ specifier, path, isType }) => (path === undefined && !isType ? [specifier] : []))))
  const packages = [...imported].filter((name) => !NOT_BUILT_IN.test(name)).map((name) => name.split('/').slice(0, name.startsWith('@') ? 2 : 1).join('/'))

  expect(packages.filter((name) => !BUILT_IN.includes(name))).toEqual([])
})

test('the file holds the text of each', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'glovebox-licenses-'))
  try {
    await writeLicenses(MODULES, join(folder, 'out.txt'))
    const text = await readFile(join(folder, 'out.txt'), 'utf8')
    for (const name of BUILT_IN) expect(text).toContain(`\n${name} `)
    expect(text).toContain('LLVM Exceptions to the Apache 2.0 License')
  } finally {
    await rm(folder, { recursive: true })
  }
})
