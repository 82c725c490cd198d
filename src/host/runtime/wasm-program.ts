/**
 * From a verified package with a WebAssembly entry to what its workers are made of: prepared bytes from the store (or from the preparer, and
 * then into the store), under a key that the page alone computes. A package can spoil no entry but its own.
 */
import type { PreparedStore } from '../../cache/prepared.ts'
import type { FunctionTable, HostSignature } from '../../capability/function.ts'
import type { EngineFeatures } from '../../engine/features.ts'
import { LaneError, PackageError } from '../../errors.ts'
import { readCustomSection } from '../../lane/wasm/read-section.ts'
import { decodeSignature, SIGNATURE_SECTION } from '../../wire/core-signature.ts'
import { parsePrepared, type PreparedComponent } from '../../lane/component/prepared.ts'
import { describePreparation } from '../../lane/prepare-request.ts'
import { chooseWaiting, type Waiting, type WaitingChoice } from '../../lane/waiting.ts'
import { interfaceName } from '../../manifest/link.ts'
import type { Limits } from '../../manifest/limits.ts'
import type { VerifiedPackage } from '../../package/verified-package.ts'
import type { Assets } from './assets.ts'
import type { GloveboxOptions } from '../options.ts'
import { directoriesOf } from './own-directories.ts'
import { runPreparer } from './preparer.ts'
import type { Program } from '../frame/program.ts'
import type { Ring } from '../frame/ring.ts'
import type { PrepareContext, PrepareWatch } from '../instance/runtime.ts'
import { createWasmAssets, type WasmAssets, type WasmLane } from './wasm-assets.ts'

/** What making a program takes. */
export interface ProgramServices {
  readonly assets: Assets
  readonly prepared: PreparedStore
  /** The host's own, by key. */
  readonly lookUp: GloveboxOptions['prepared']
  readonly features: EngineFeatures
  readonly functions: FunctionTable
  /** A new frame. */
  readonly openRing: () => Promise<Ring>
  readonly watch: PrepareWatch
}

export interface WasmProgram {
  readonly program: Program
  /** Argument of the worker's `load`. */
  readonly load: object
}

/** A component of 20 MB takes a second on a good machine; this is for a bad one. */
const PREPARE_MS = 60_000
const PAGES_PER_MIB = 16
/** As of the world of a component; a million functions of the core lane need less. */
const MAX_SIGNATURE_BYTES = 16 * 2 ** 20

/**
 * @throws {PackageError} wasm-invalid, wasm-kind, wasm-memory, unsafe-name, transpile-failed, unsafe-glue @throws {LaneError} asset-missing,
 *   worker-failed, frame-missing, not-supported, glue-too-large @throws {LimitError} deadline-exceeded, memory-exceeded
 */
export async function makeProgram(pkg: VerifiedPackage, limits: Limits, services: ProgramServices, context: WasmContext): Promise<WasmProgram> {
  const { lane, core, config = {} } = pkg.manifest
  if (lane === 'script') throw new TypeError('A script has no WebAssembly.')
  const choice = chooseWaiting(services.features)
  const { waiting } = choice
  const memoryPages = Math.min(limits.memoryMib * PAGES_PER_MIB, core?.maxMemoryPages ?? Infinity)
  const assets = createWasmAssets(services.assets)
  const source = assets.worker(lane)
  source.catch(() => {}) // awaited below, after the package's own part
  const prepared = await prepare(pkg, { lane, memoryPages, waiting }, { assets, services, context })
  const directories = directoriesOf(pkg.manifest)
  const links = Object.values(pkg.manifest.links ?? {}).flatMap(({ interface: wit }) => (wit === undefined ? [] : interfaceName(wit)))
  const load = { core, config, links, memoryPages, waiting, directories, functions: services.functions.signaturesFor(pkg.identity) }
  if (prepared instanceof ArrayBuffer) {
    const waits = waiting === 'never' ? findWaitingImports(new Uint8Array(prepared), load.functions) : []
    if (waits.length > 0) throw cannotWait('module', waits, choice)
    return { program: toProgram(await source, [prepared], waiting), load }
  }
  const { glue, modules, mustWait, ...world } = prepared
  if (mustWait && waiting === 'never') throw cannotWait('component', world.waitingImports, choice)
  const bytes = [...modules.values()].map((module) => module.slice().buffer)
  const needed = world.waitingImports.length > 0 ? waiting : 'never'
  return { program: toProgram(`${await source}\n${glue}`, bytes, needed), load: { ...load, ...world, waiting: needed, modules: [...modules.keys()] } }
}

type WasmContext = Omit<PrepareContext, 'workbench'>

interface Work {
  readonly lane: WasmLane
  readonly memoryPages: number
  readonly waiting: Waiting
}

interface Tools {
  readonly assets: WasmAssets
  readonly services: ProgramServices
  readonly context: WasmContext
}

function toProgram(source: string, modules: readonly ArrayBuffer[], waiting: Waiting): Program {
  return { source, modules, start: 'blob', lendsCrypto: false, blocks: waiting === 'shared-buffer' }
}

/** A module's bytes as they are; a component's parts. */
type Prepared = ArrayBuffer | PreparedComponent

async function prepare(pkg: VerifiedPackage, work: Work, { assets, services, context }: Tools): Promise<Prepared> {
  const { lane, memoryPages, waiting } = work
  const key = `${pkg.digest} ${describePreparation(work)}`
  const known = await services.prepared.get(key)
  services.watch.looked(known !== undefined)
  const readable = known === undefined ? undefined : tryRead(lane, known)
  if (readable !== undefined) return readable
  if (known !== undefined) await services.prepared.drop(key)
  /** Nothing is kept that no start could read. @throws {PackageError} prepared-invalid */
  const readAndRemember = (fresh: ArrayBuffer): Prepared => {
    const read = readPrepared(lane, fresh)
    services.prepared.put(key, fresh).catch(() => {}) // without it the package is prepared again
    return read
  }
  const shipped = await services.lookUp?.(key)
  if (shipped !== undefined) return readAndRemember(toBuffer(shipped))
  const bytes = pkg.files.get(pkg.manifest.entry)
  if (bytes === undefined) throw new PackageError('file-missing', `The package has no file ${pkg.manifest.entry}.`)
  const { signal, onProgress } = context
  onProgress?.({ stage: 'download', fraction: 0 })
  const [program, ring] = await Promise.all([assets.preparer(lane), services.openRing()])
  const request = { lane, bytes: bytes.slice().buffer, memoryPages, waiting }
  const prepared = await services.watch.compile(() => runPreparer({ ring, program, request, timeoutMs: PREPARE_MS, signal, onProgress }))
  return readAndRemember(prepared)
}

/** @throws {PackageError} prepared-invalid */
function readPrepared(lane: WasmLane, bytes: ArrayBuffer): Prepared {
  return lane === 'component' ? parsePrepared(bytes) : bytes
}

function tryRead(lane: WasmLane, bytes: ArrayBuffer): Prepared | undefined {
  try {
    return readPrepared(lane, bytes)
  } catch {
    return undefined // prepared anew
  }
}

function toBuffer(input: unknown): ArrayBuffer {
  if (input instanceof ArrayBuffer) return input
  throw new TypeError(`The option prepared must give an ArrayBuffer or undefined, got ${Object.prototype.toString.call(input)}.`)
}

/** What a core module imports of Extism's network and the app's functions, whose answers come from the page. */
function findWaitingImports(module: Uint8Array, functions: readonly HostSignature[]): readonly string[] {
  const section = readCustomSection(module, SIGNATURE_SECTION)
  if (section === undefined) throw new PackageError('prepared-invalid', 'The prepared module does not say what it imports.')
  if (section.length > MAX_SIGNATURE_BYTES) throw new PackageError('prepared-invalid', 'The prepared module says too much of what it imports.')
  const { imports } = decodeSignature(new TextDecoder().decode(section))
  const waits = new Set(['extism:host/env.http_request', ...functions.map(([from, name]) => `${from}.${name}`)])
  return imports.map(({ module: from, name }) => `${from}.${name}`).filter((place) => waits.has(place))
}

function cannotWait(what: 'component' | 'module', imports: readonly string[], { reason }: WaitingChoice): LaneError {
  const interfaces = [...new Set(imports.map((name) => name.replace(/#.*$/, '')))]
  const message = `The ${what} waits for answers (it imports ${interfaces.slice(0, 5).join(', ')}), and nothing can wait here: ${reason}.`
  return new LaneError('not-supported', message, { details: { imports: interfaces.slice(0, 50) } })
}
