/** The image that the build bakes: an engine that starts where booting ends. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { bakeImage, ENGINE_PAGES } from '../../../src/build/image.ts'
import { embedMemory, exportTable } from '../../../src/build/wasm-image.ts'
import { readImage } from '../../../src/guest/script/image.ts'
import { createScriptVm } from '../../../src/guest/script/vm.ts'
import { compileEngine, RecordingOutward } from '../guest/script/harness.ts'

const LIMITS = { memoryMib: 32, messageBytes: 1000, pendingCapabilityCalls: 8, timers: 16, handles: 100, turnMs: 300, startMs: 1000 }
const REGION = { locale: 'en-US', timeZone: 'UTC' }

async function readEngine(): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await readFile(createRequire(import.meta.url).resolve('@jitl/quickjs-wasmfile-release-sync/wasm')))
}

test('the same engine and prelude give the same bytes', async () => {
  const prelude = '((host, load, config) => (entry) => JSON.parse(config).ops.length + entry)'

  expect(await bakeImage(await readEngine(), prelude)).toEqual(await bakeImage(await readEngine(), prelude))
})

test('an instance begins with the very memory that was embedded, variables that began as zero included', async () => {
  const engine = await readEngine()
  const embedded = Uint8Array.from({ length: 256 * 65_536 }, (_, at) => at % 251)

  const module = await WebAssembly.compile(embedMemory(engine, embedded, new Map()))
  const memory = new WebAssembly.Memory({ initial: 256, maximum: 256 })
  const imports: Record<string, Record<string, WebAssembly.ImportValue>> = {}
  for (const { module: group, name, kind } of WebAssembly.Module.imports(module)) {
    imports[group] = { ...imports[group], [name]: kind === 'memory' ? memory : () => 0 }
  }
  await WebAssembly.instantiate(module, imports)

  expect(Buffer.compare(new Uint8Array(memory.buffer), embedded)).toBe(0)
})

test('nothing of the place where it is built stays in it', async () => {
  const image = await bakeImage(await readEngine(), '((host, load, config) => () => 1)')

  expect(Buffer.from(image).includes(process.argv[1] ?? '')).toBe(false)
})

test.each([
  ['asks the worker for something', '((host) => { host(0, 0); return () => 1 })', /asked for buffer/],
  ['throws', '(() => { throw new TypeError("mine") })', /mine/],
])('a prelude that %s while it is set up is refused', async (_name, prelude, message) => {
  await expect(bakeImage(await readEngine(), prelude)).rejects.toThrow(message)
})

test('an engine without an image, or with the image of another worker, does not boot', async () => {
  const outward = new RecordingOutward()
  const engine = await WebAssembly.compile(exportTable(await readEngine(), 'table'))
  await expect(createScriptVm({ engine, limits: LIMITS, region: REGION, outward })).rejects.toThrow(/holds no image/)

  const other = embedMemory(await readEngine(), new Uint8Array(256 * 65_536), new Map([['glovebox.image', '{"ops":["other"]}']]))
  await expect(createScriptVm({ engine: await WebAssembly.compile(other), limits: LIMITS, region: REGION, outward })).rejects.toThrow(/different versions/)
})

test('instances of one image share nothing: random numbers differ', async () => {
  const draw = async (): Promise<string> => {
    const outward = new RecordingOutward()
    const vm = await createScriptVm({ engine: await compileEngine(), limits: LIMITS, region: REGION, outward })
    await vm.load(new Map([['main.js', 'console.log(Math.random(), crypto.randomUUID())']]), 'main.js')
    return outward.lines.join()
  }

  expect(await draw()).not.toBe(await draw())
})

test('globals show no code, a guest\'s functions show theirs', async () => {
  const outward = new RecordingOutward()
  const vm = await createScriptVm({ engine: await compileEngine(), limits: LIMITS, region: REGION, outward })
  await vm.load(new Map([['main.js', 'const own = () => 7; console.log(String(setTimeout).replace(/\\s+/g, " "), String(own))']]), 'main.js')

  expect(outward.lines).toEqual(['info: function setTimeout() { [native code] } () => 7'])
})

test('memory has not grown while the image was made: raise ENGINE_PAGES when it has', async () => {
  const { pages } = readImage(await compileEngine())
  expect(pages).toBe(ENGINE_PAGES)
})
