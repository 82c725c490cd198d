/// <reference types="vite/client" />
/**
 * The gallery's guests as they come out of their compilers, one real call each, in every engine. Those with imports that wait are refused
 * where the engine can neither suspend nor block; those that are not built are skipped.
 */
import type { Extension } from 'glovebox'
import { describe, expect, test } from 'vitest'
import { failure, openBox } from './box-harness.ts'

const manifests = import.meta.glob<string>('../../demo/extensions/*/glovebox.json', { query: '?raw', import: 'default', eager: true })
const files = import.meta.glob<string>(['../../demo/extensions/*/dist/*.wasm', '../../.cache/guests/*.wasm'], {
  query: '?url', import: 'default', eager: true, exhaustive: true,
})

const CAN_SUSPEND = 'Suspending' in WebAssembly
const NAMES = new Set(['Ada'])

interface Sample {
  readonly name: string
  /** Some of its imports wait: what it fails with where nothing can. */
  readonly refusal?: Readonly<Record<string, string>>
  readonly use: (extension: Extension) => Promise<void>
}

function fileOf(name: string): string | undefined {
  return Object.entries(files).find(([path]) => path.endsWith(`/${name}.wasm`))?.[1]
}

async function install(name: string): Promise<Extension> {
  const manifest: object = JSON.parse((manifests[`../../demo/extensions/${name}/glovebox.json`] ?? '').replaceAll('{{origin}}', location.origin))
  const response = await fetch(fileOf(name) ?? '')
  const known = {
    extensions: ['dev.glovebox.redact'], params: ['json'], result: 'json',
    run: ([words]: readonly unknown[]) => (Array.isArray(words) ? words.filter((word) => NAMES.has(String(word))) : []),
  } as const
  const box = await openBox({ functions: { 'extism:host/user': { known_names: known } } })
  return box.install({ manifest, files: { [`dist/${name}.wasm`]: new Uint8Array(await response.arrayBuffer()) } })
}

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

const SAMPLES: readonly Sample[] = [
  { name: 'photo', use: async (photo) => {
    const picture = { width: 2, height: 1, pixels: new Uint8Array([10, 20, 30, 255, 200, 100, 0, 255]) }

    expect(await photo.call('darkroom.develop', [picture, [{ tag: 'invert' }, { tag: 'turn', val: 'sideways' }]])).toEqual({
      width: 2, height: 1, pixels: new Uint8Array([55, 155, 255, 255, 245, 235, 225, 255]),
    })
    const nothing = { width: 0, height: 0, pixels: new Uint8Array(0) }
    await expect(photo.call('darkroom.measure', [nothing])).rejects.toMatchObject({ payload: { tag: 'empty' } })
  } },
  { name: 'codec', use: async (codec) => {
    const pixels = Uint8Array.from({ length: 64 }, (_, index) => (index % 4 === 3 ? 255 : index))
    const packed = await codec.run({ args: ['encode', '4', '4', 'in.rgba', 'out.qoi'], files: { 'in.rgba': pixels.slice() } })
    const unpacked = await codec.run({ args: ['decode', 'in.qoi', 'out.rgba'], files: { 'in.qoi': packed.files.get('out.qoi') ?? '' } })

    expect(unpacked.files.get('out.rgba')).toEqual(pixels)
    expect(text((await codec.run({ args: ['decode', 'none', 'out'] })).stderr)).toBe('codec: cannot read: none\n')
  } },
  { name: 'sudoku', use: async (sudoku) => {
    const left = Number(await sudoku.call('generate', [1]))

    expect(left).toBeLessThan(40)
    expect(await sudoku.call('solve')).toBe(1)
    expect(await sudoku.call('get', [80])).toBeGreaterThan(0)
  } },
  { name: 'maze', use: async (maze) => {
    const { exitCode, stdout } = await maze.run({ args: ['8', '8', '1', 'breadth'] })

    expect(exitCode).toBe(0)
    expect(JSON.parse(text(stdout)).path.at(-1)).toBe(63)
    expect((await maze.run({ args: ['8'] })).exitCode).toBe(64)
  } },
  { name: 'palette', use: async (palette) => {
    expect(await palette.call('palette', ['#ff0000', 'complement'])).toMatchObject({ ok: [{ hex: '#ff0000' }, { hex: '#00ffff' }] })
    expect(await palette.call('palette', ['red', 'triad'])).toEqual({ error: 'not a colour of the form #rrggbb' })
  } },
  { name: 'redact', refusal: { code: 'not-supported' }, use: async (redact) => {
    const output = await redact.call('redact', [new TextEncoder().encode('Ada and Bob: a@b.org')])

    expect(JSON.parse(output instanceof Uint8Array ? text(output) : String(output))).toMatchObject({ mail: 1, word: 1, total: 2 })
    await expect(redact.call('forget', ['{"sure":false}'])).rejects.toThrow('not sure enough to forget')
  } },
  { name: 'site', refusal: { code: 'not-supported' }, use: async (site) => {
    const response = await site.fetch('http://site.example/count', { method: 'POST', body: 'one two\nthree\n' })

    expect(await response.json()).toEqual({ lines: 2, words: 3, bytes: 14 })
  } },
  { name: 'gofmt', use: async (gofmt) => {
    expect(text((await gofmt.run({ stdin: 'package a\nvar  x=1' })).stdout)).toBe('package a\n\nvar x = 1\n')
    const inPlace = await gofmt.run({ args: ['a.go'], files: { 'a.go': 'package  a' } })
    expect(text(inPlace.files.get('a.go') ?? new Uint8Array(0))).toBe('package a\n')
  } },
  { name: 'units', use: async (units) => {
    expect(await units.call('converter.convert', ['20 C in F'])).toMatchObject({ value: '68', unit: 'fahrenheit' })
    await expect(units.call('converter.convert', ['3 m in kg'])).rejects.toMatchObject({ payload: { tag: 'unlike', val: ['length', 'mass'] } })
  } },
  { name: 'cron', use: async (cron) => {
    expect(await cron.call('schedule.explain', ['0 0 29 2 *', '2026-01-01T00:00:00Z', 1])).toMatchObject({ times: ['2028-02-29T00:00:00.000Z'] })
    await expect(cron.call('schedule.explain', ['* *', '2026-01-01', 1])).rejects.toMatchObject({ payload: { tag: 'wrong-length', val: 2 } })
  } },
]

describe('guests in other languages', { timeout: 60_000 }, () => {
  for (const { name, refusal, use } of SAMPLES) {
    const isBuilt = fileOf(name) !== undefined
    test.skipIf(!isBuilt)(isBuilt ? name : `${name}: not built, npm run build:guests -- --only ${name} --install`, async () => {
      if (refusal && !CAN_SUSPEND) return expect(await failure(install(name).then(use))).toMatchObject(refusal)

      await use(await install(name))
    })
  }
})
