/**
 * A component's bytes → what a worker runs: read and gated, transpiled, its core modules capped, its glue wrapped and parsed. Pure but for the
 * transpiler; runs in the preparer's worker and in Node, with the same bytes as the result.
 */
import { LaneError, PackageError } from '../../errors.ts'
import type { WasmCaps } from '../wasm/caps.ts'
import { readComponent } from '../wasm/component.ts'
import type { World } from '../wasm/world.ts'
import { definesMemory, definesTable, rewriteCoreModule } from '../wasm/core-module.ts'
import type { Validate } from '../wasm/prepare-core.ts'
import { makeGlue } from './glue.ts'
import type { PreparedComponent } from './prepared.ts'
import type { Transpiler } from './transpiler.ts'
import { findWaits } from './waiting-imports.ts'

export type PrepareStage = 'read' | 'transpile' | 'glue'

export interface PrepareOptions {
  /** How imports that wait are made to: by suspending the guest, or by blocking. A component without such imports is always `sync`. */
  readonly asyncMode: 'sync' | 'jspi'
  /** Pages of 64 KiB for all memories of the component together. */
  readonly memoryPages: number
  /** Entries of all tables of the component together. */
  readonly tableEntries: number
}

export interface PrepareTools {
  readonly transpiler: Transpiler
  readonly validate?: Validate
  readonly onStage?: (stage: PrepareStage) => void
}

/** More memories than composed components have; each of them is a part of the limit. */
const MAX_MEMORIES = 16

/**
 * @throws {PackageError} wasm-kind, wasm-invalid, wasm-memory, unsafe-name, transpile-failed (the transpiler must not be used again), unsafe-glue
 * @throws {LimitError} memory-exceeded @throws {LaneError} glue-too-large, not-supported
 */
export function prepareComponent(bytes: Uint8Array, options: PrepareOptions, { transpiler, validate, onStage }: PrepareTools): PreparedComponent {
  onStage?.('read')
  const { bytes: component, world, usedFunctions, isAsync } = readComponent(bytes)
  checkExports(world)
  const waits = findWaits(world, usedFunctions)
  const asyncMode = isAsync || waits.imports.length > 0 ? options.asyncMode : 'sync'
  if (isAsync && asyncMode === 'sync') throw new LaneError('not-supported', 'The component has asynchronous functions, which need JSPI.')
  onStage?.('transpile')
  const files = transpiler.generate(component, {
    asyncMode: asyncMode === 'sync' ? { tag: 'sync' } : { tag: 'jspi', val: { imports: [...waits.imports], exports: [...waits.exports] } },
  })
  onStage?.('glue')
  const source = files.find(([name]) => name.endsWith('.js'))?.[1]
  if (source === undefined) throw new PackageError('transpile-failed', 'The transpiler made no code of the component.')
  const glue = makeGlue(new TextDecoder().decode(source))
  const modules = capModules(files, glue, { memoryPages: options.memoryPages, tableEntries: options.tableEntries }, validate)
  return { ...world, glue, modules, asyncMode, waitingImports: waits.imports, mustWait: isAsync || waits.isEssential }
}

/** What `instantiate` gives is awaited: with a method of this name it would be taken for a promise, and the guest's function be called with ours. */
function checkExports({ exports }: World): void {
  if (exports.some(({ name }) => name === 'then')) {
    throw new PackageError('unsafe-name', 'The component exports "then", which makes a promise of it in JavaScript.', { details: { name: 'then' } })
  }
}

/** The modules that the glue instantiates. A module can be instantiated more than once, each time with a memory of its own: they share the limit. */
function capModules(
  files: ReturnType<Transpiler['generate']>, glue: string, caps: WasmCaps, validate: Validate | undefined,
): ReadonlyMap<string, Uint8Array> {
  const instances = countInstances(glue)
  const used = files.filter(([name]) => instances.has(name))
  const countOf = (has: (bytes: Uint8Array) => boolean): number => used.reduce((sum, [name, bytes]) => sum + (has(bytes) ? (instances.get(name) ?? 0) : 0), 0)
  const [memories, tables] = [countOf(definesMemory), countOf(definesTable)]
  if (memories > MAX_MEMORIES) {
    throw new PackageError('wasm-memory', `The component makes ${memories} memories; at most ${MAX_MEMORIES} can be limited.`)
  }
  const share = { ...caps, memoryPages: Math.floor(caps.memoryPages / Math.max(1, memories)), tableEntries: Math.floor(caps.tableEntries / Math.max(1, tables)) }
  return new Map(used.map(([name, bytes]) => {
    const capped = rewriteCoreModule(bytes, { caps: share }).join()
    if (validate?.(capped) === false) {
      throw new LaneError('not-supported', `This engine does not take ${name} of the component.`, { details: { module: name } })
    }
    return [name, capped]
  }))
}

/** How often the glue instantiates each core module, by the module's file name. */
function countInstances(glue: string): ReadonlyMap<string, number> {
  const uses = new Map<string, number>()
  for (const [, index = ''] of glue.matchAll(/\binstantiateCore\(yield module(\d+)/g)) uses.set(index, (uses.get(index) ?? 0) + 1)
  const found = [...glue.matchAll(/\bconst module(\d+) = getCoreModule\('([\w.]+)'\)/g)]
  return new Map(found.map(([, index = '', name = '']) => [name, uses.get(index) ?? 0]))
}
