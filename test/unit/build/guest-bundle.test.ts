import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runInNewContext } from 'node:vm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bundlePrelude } from '../../../src/build/guest-bundle.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'glovebox-prelude-'))
  await writeFile(join(folder, 'widget.ts'), 'export class Widget { #size: number = 3; get size(): number { return this.#size } }')
  await writeFile(join(folder, 'main.ts'), `import { Widget } from './widget.ts'
    export function prelude(host: { step: number }): unknown { return { Widget, size: new Widget().size + host.step } }`)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test('evaluates to the function that main.ts exports, keeps class names and leaves no globals', async () => {
  const code = await bundlePrelude(join(folder, 'main.ts'))

  const context: Record<string, unknown> = {}
  const prelude = runInNewContext(code, context)
  const made = prelude({ step: 4 })

  expect(made.size).toBe(7)
  expect(made.Widget.name).toBe('Widget')
  expect(Object.keys(context)).toEqual([])
})

test('speaks the ES2020 that QuickJS understands', async () => {
  const code = await bundlePrelude(join(folder, 'main.ts'))

  expect(code).not.toMatch(/#size|static\s*\{/)
})
