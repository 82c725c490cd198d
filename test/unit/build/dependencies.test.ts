import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { installDependencies } from '../../../src/build/dependencies.mjs'

const LOCK = {
  packages: { '': { version: '0.1.0' }, 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '2.0.0', optional: true } },
}

let root = ''
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'glovebox-dependencies-'))
  await mkdir(join(root, 'elsewhere'))
  await writeFile(join(root, 'package-lock.json'), JSON.stringify(LOCK))
})
afterEach(() => rm(root, { recursive: true, force: true }))

test('never installs through a link: npm would empty the folder behind it', async () => {
  await symlink(join(root, 'elsewhere'), join(root, 'node_modules'))
  await writeFile(join(root, 'elsewhere/kept.js'), '')

  await expect(installDependencies(root)).rejects.toThrow(/is a link/)

  expect(await readdir(join(root, 'elsewhere'))).toEqual(['kept.js'])
})

test('leaves an installation alone that has what the lock file names, optional packages apart', async () => {
  const present = { packages: { 'node_modules/a': { version: '1.0.0' } } }
  await mkdir(join(root, 'node_modules'))
  await writeFile(join(root, 'node_modules/.package-lock.json'), JSON.stringify(present))

  await installDependencies(root)

  expect(await readdir(join(root, 'node_modules'))).toEqual(['.package-lock.json'])
})
