import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { findChromium, findWebKit } from '../../../src/build/engines.mjs'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'glovebox-engines-'))
  for (const name of ['chromium', 'custom']) {
    await writeFile(join(folder, name), '#!/bin/sh\n')
    await chmod(join(folder, name), 0o755)
  }
})
afterAll(() => rm(folder, { recursive: true, force: true }))
afterEach(() => { vi.unstubAllEnvs() })

test('takes the browser that the environment names before any other', () => {
  vi.stubEnv('PATH', folder)
  vi.stubEnv('GLOVEBOX_CHROMIUM', join(folder, 'custom'))

  expect(findChromium().path).toBe(join(folder, 'custom'))
})

test('finds a browser in PATH', () => {
  vi.stubEnv('PATH', folder)
  vi.stubEnv('GLOVEBOX_CHROMIUM', '')

  expect(findChromium().path).toBe(join(folder, 'chromium'))
})

test('says what it tried, a wrong variable included', () => {
  vi.stubEnv('PATH', '')
  vi.stubEnv('GLOVEBOX_CHROMIUM', '/nonexistent/chrome')

  expect(findChromium().tried.join('\n')).toMatch(/GLOVEBOX_CHROMIUM=\/nonexistent\/chrome[^]*in PATH[^]*playwright/)
})

test('counts WebKitGTK as missing when its driver is', () => {
  vi.stubEnv('PATH', '')
  vi.stubEnv('GLOVEBOX_WEBKIT', join(folder, 'custom'))

  expect(findWebKit()).toMatchObject({ path: undefined, tried: expect.arrayContaining([expect.stringContaining('WebKitWebDriver')]) })
})
