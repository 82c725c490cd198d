/**
 * `virtual:glovebox-wat`: the components of test/fixtures/wat/ as binaries, and what Node prepares of each. Browsers compare their own with it.
 */
import { readdirSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type InlineConfig, type Plugin, runnerImport } from 'vite'
import { transpilerPlugin } from '../../src/build/transpiler-plugin.ts'
import { virtualModule } from '../virtual.ts'

export interface Fixture {
  /** Base64 of the component. */
  readonly component: string
  /** Base64 of the prepared bytes, for browsers with JSPI. */
  readonly prepared: string
  /** Of those bytes, and of those for other browsers. */
  readonly keys: { readonly jspi: string, readonly never: string }
}

/** Of the package that has the fixture as its entry. */
function manifestOf(name: string): Readonly<Record<string, unknown>> {
  return { id: 'com.example.wat', name, version: '1.0.0', lane: 'component', entry: 'a.wasm', files: ['a.wasm'] }
}

const FOLDER = fileURLToPath(new URL('../fixtures/wat/', import.meta.url))

export function watPlugin(): Plugin {
  return virtualModule('wat', readFixtures)
}

async function readFixtures(): Promise<Readonly<Record<string, Fixture>>> {
  const config: InlineConfig = { configFile: false, plugins: [transpilerPlugin()] }
  const [{ module: tools }, { module: node }] = await Promise.all([
    runnerImport<typeof import('../unit/lane/wasm-tools.ts')>(fileURLToPath(new URL('../unit/lane/wasm-tools.ts', import.meta.url)), config),
    runnerImport<typeof import('../../src/node/prepare.ts')>(fileURLToPath(new URL('../../src/node/prepare.ts', import.meta.url)), config),
  ])
  const names = readdirSync(FOLDER).map((file) => file.replace(/\.wat$/, ''))
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await prepareFixture(name, tools, node)])))
}

async function prepareFixture(
  name: string, tools: typeof import('../unit/lane/wasm-tools.ts'), node: typeof import('../../src/node/prepare.ts'),
): Promise<Fixture> {
  const folder = await mkdtemp(join(tmpdir(), 'glovebox-wat-'))
  try {
    const component = await tools.compileFixture(name)
    await writeFile(join(folder, 'a.wasm'), component)
    await writeFile(join(folder, 'glovebox.json'), JSON.stringify(manifestOf(name)))
    const [jspi, never] = await Promise.all((['jspi', 'never'] as const).map((waiting) => node.preparePackage(folder, { waiting }, tools.createTestTranspiler)))
    return {
      component: Buffer.from(component).toString('base64'), prepared: Buffer.from(jspi?.bytes ?? new ArrayBuffer(0)).toString('base64'),
      keys: { jspi: jspi?.key ?? '', never: never?.key ?? '' },
    }
  } finally {
    await rm(folder, { recursive: true })
  }
}
