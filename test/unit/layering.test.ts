import { describe, expect, test } from 'vitest'
import { parseSource, readSources, type SourceFile } from './source-files.ts'

/** What each layer may import besides itself. Peers never import each other: they meet in `host`. */
const GROUND = ['util', 'errors', 'generated']
const SEAMS = ['wire', 'manifest', 'engine', 'limit']
const PEERS = ['lane', 'permission', 'capability', 'package', 'registry', 'cache', 'telemetry']
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  index: ['host', ...PEERS, ...SEAMS, ...GROUND],
  iife: ['index', 'ui'],
  node: ['package', 'manifest', 'lane', ...GROUND],
  host: [...PEERS, ...SEAMS, ...GROUND],
  ...Object.fromEntries(PEERS.map((peer) => [peer, [...SEAMS, ...GROUND]])),
  wire: GROUND,
  manifest: GROUND,
  engine: GROUND,
  limit: ['manifest', ...GROUND],
  guest: ['wire', 'lane', ...GROUND],
  // Values of `util` only, see below.
  ui: ['host', ...PEERS, ...SEAMS, ...GROUND],
  util: ['errors'],
  errors: [],
  generated: [],
}

/**
 * The floors of `host`, from the ground up: each may import those below it and what stands in no folder. What a runtime makes and what a call does
 * with it know nothing of each other.
 */
const FLOORS: readonly (readonly string[])[] = [['frame'], ['instance'], ['call', 'runtime'], ['broker'], ['extension'], ['link'], ['box']]

/** Where a third party may be imported; `lazy` ones must not be reachable from the entry by static imports. */
const THIRD_PARTIES: readonly { readonly name: RegExp, readonly places: RegExp, readonly isLazy: boolean }[] = [
  { name: /^comlink$/, places: /^(wire\/|guest\/[^/]+\.ts$)/, isLazy: false },
  { name: /^idb$/, places: /^cache\//, isLazy: false },
  { name: /^(quickjs-emscripten|@jitl\/)/, places: /^guest\/script\//, isLazy: true },
  { name: /^(web-streams|urlpattern)-polyfill$/, places: /^guest\/script\/global\//, isLazy: true },
  { name: /^(glovebox:transpiler|acorn|@bytecodealliance\/)/, places: /^lane\/component\//, isLazy: true },
  { name: /^amaro$/, places: /^node\//, isLazy: true },
  { name: /^fflate$/, places: /^package\//, isLazy: true },
  { name: /^valibot$/, places: /^manifest\//, isLazy: true },
  { name: /^@jridgewell\/sourcemap-codec$/, places: /^guest\/script\/stack\//, isLazy: true },
  { name: /^(node:|amaro$)/, places: /^node\//, isLazy: true },
]

/** Powers of the platform that only some places hold. */
const POWERS: readonly { readonly use: RegExp, readonly places: RegExp }[] = [
  // The one place makes the guest's own console, in a variable of that name.
  { use: /^console\./, places: /^guest\/script\/global\/console\.ts$/ },
  { use: /^(new (Shared)?Worker|globalThis\.Worker|self\.Worker)$/, places: /^host\// },
  { use: /^((window|globalThis|self)\.)?indexedDB/, places: /^(cache|host)\// },
  { use: /^(eval\(\)|new Function|Function\(\))$/, places: /^$/ },
]

const layerOf = (path: string): string => path.split('/')[0]?.replace(/\.ts$/, '') ?? ''

function wrongArrows(file: SourceFile): string[] {
  const from = layerOf(file.path)
  return file.imports.flatMap(({ path }) => {
    if (path === undefined) return []
    const to = layerOf(path)
    return from === to || ARROWS[from]?.includes(to) ? [] : [`${file.path} -> ${path}`]
  })
}

function floorOf(path: string): number {
  const [layer, folder, file] = path.split('/')
  if (layer !== 'host' || file === undefined) return -1
  const floor = FLOORS.findIndex((names) => names.includes(folder ?? ''))
  return floor < 0 ? Infinity : floor
}

function wrongFloors(file: SourceFile): string[] {
  const folderOf = (path: string): string => path.split('/').slice(0, -1).join('/')
  return file.imports.flatMap(({ path }) => {
    if (path === undefined || !path.startsWith('host/') || !file.path.startsWith('host/') || folderOf(path) === folderOf(file.path)) return []
    return floorOf(path) < floorOf(file.path) ? [] : [`${file.path} -> ${path}`]
  })
}

/** Files of which each imports the next one, and the last the first: one of each circle. Types count as well: what is one idea is one file. */
function circles(files: readonly SourceFile[]): string[] {
  const byPath = new Map(files.map((file) => [file.path, file]))
  const done = new Set<string>()
  const found: string[] = []
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) return void found.push([...trail.slice(trail.indexOf(path)), path].join(' -> '))
    if (done.has(path)) return
    for (const { path: next } of byPath.get(path)?.imports ?? []) if (next !== undefined) visit(next, [...trail, path])
    done.add(path)
  }
  for (const { path } of files) visit(path, [])
  return found
}

/** The elements are handed a box; they must not bring parts of a second one with them. */
function wrongValues(file: SourceFile): string[] {
  if (layerOf(file.path) !== 'ui') return []
  return file.imports.flatMap(({ path, isType }) => (path === undefined || isType || /^(ui|util)\//.test(path) ? [] : [`${file.path} -> ${path}`]))
}

function wrongThirdParties(file: SourceFile): string[] {
  return file.imports.flatMap(({ specifier, path }) => {
    if (path !== undefined) return []
    const rule = THIRD_PARTIES.find(({ name }) => name.test(specifier))
    return rule?.places.test(file.path) ? [] : [`${file.path} -> ${specifier}`]
  })
}

function wrongPowers(file: SourceFile): string[] {
  return [...file.uses].flatMap((use) => {
    const rule = POWERS.find((power) => power.use.test(use))
    return !rule || rule.places.test(file.path) ? [] : [`${file.path}: ${use}`]
  })
}

/** Third parties that loading `entry` loads at once. */
function eagerThirdParties(files: readonly SourceFile[], entry: string): string[] {
  const byPath = new Map(files.map((file) => [file.path, file]))
  const seen = new Set<string>()
  const found: string[] = []
  const visit = (path: string): void => {
    if (seen.has(path)) return
    seen.add(path)
    for (const one of byPath.get(path)?.imports ?? []) {
      if (one.isDynamic || one.isType) continue
      if (one.path !== undefined) visit(one.path)
      else if (THIRD_PARTIES.some(({ name, isLazy }) => isLazy && name.test(one.specifier))) found.push(`${path} -> ${one.specifier}`)
    }
  }
  visit(entry)
  return found
}

describe('the sources', () => {
  const files = readSources()

  test('import only in the direction of the layers', () => {
    expect(files.flatMap(wrongArrows)).toEqual([])
  })

  test('of the host import only from the floors below', () => {
    expect(files.flatMap(wrongFloors)).toEqual([])
  })

  test('never import each other in a circle', () => {
    expect(circles(files)).toEqual([])
  })

  test('take only types of a box for the elements around it', () => {
    expect(files.flatMap(wrongValues)).toEqual([])
  })

  test('keep third parties where they belong', () => {
    expect(files.flatMap(wrongThirdParties)).toEqual([])
  })

  test('load large third parties only when they are needed', () => {
    expect(eagerThirdParties(files, 'index.ts')).toEqual([])
  })

  test('use platform powers only where they are held', () => {
    expect(files.flatMap(wrongPowers)).toEqual([])
  })
})

describe('the rules see', () => {
  test.each([
    ['an arrow upward', wrongArrows, 'wire/a.ts', "import { x } from '../host/b.ts'"],
    ['an arrow between peers', wrongArrows, 'cache/a.ts', "export { x } from '../package/b.ts'"],
    ['an arrow to a floor above', wrongFloors, 'host/frame/a.ts', "import type { X } from '../box/b.ts'"],
    ['an arrow between rooms of a floor', wrongFloors, 'host/call/a.ts', "import { x } from '../runtime/b.ts'"],
    ['a floor that nobody planned', wrongFloors, 'host/frame/a.ts', "import { x } from '../cellar/b.ts'"],
    ['an arrow of a type', wrongArrows, 'util/a.ts', "import type { X } from '../wire/b.ts'"],
    ['an arrow of a dynamic import', wrongArrows, 'guest/a.ts', "void import('../manifest/b.ts')"],
    ['a value in an element', wrongValues, 'ui/a.ts', "import { x } from '../permission/b.ts'"],
    ['a third party outside its place', wrongThirdParties, 'host/a.ts', "import * as Comlink from 'comlink'"],
    ['a third party nobody planned', wrongThirdParties, 'host/a.ts', "import x from 'left-pad'"],
    ['a console line', wrongPowers, 'host/a.ts', "if (true) { console.log('x') }"],
    ['a worker outside the host', wrongPowers, 'guest/a.ts', 'const w = () => new Worker(url)'],
    ['a database outside the cache', wrongPowers, 'permission/a.ts', 'indexedDB.open(name)'],
    ['eval', wrongPowers, 'host/a.ts', 'eval(text)'],
  ])('%s', (_name, rule, path, text) => {
    expect(rule(parseSource(path, text))).toHaveLength(1)
  })

  test('a circle, of a type and of a dynamic import', () => {
    const files = [parseSource('wire/a.ts', "import type { B } from './b.ts'"), parseSource('wire/b.ts', "void import('./a.ts')")]

    expect(circles(files)).toEqual(['wire/a.ts -> wire/b.ts -> wire/a.ts'])
  })

  test('an eager import behind another file', () => {
    const files = [parseSource('index.ts', "import './host/a.ts'"), parseSource('host/a.ts', "import { unzip } from 'fflate'")]

    expect(eagerThirdParties(files, 'index.ts')).toEqual(['host/a.ts -> fflate'])
  })
})
