/**
 * From a verified package with a WebAssembly entry to what its workers are made of: prepared bytes from the store (or from the preparer, and
 * then into the store), under a key that the page alone computes. A package can spoil no entry but its own.
 */
import { PackageError } from '../errors.ts'
import { describePreparation } from '../lane/prepare-request.ts'
import { chooseWaiting, type Waiting } from '../lane/select.ts'
import type { Limits } from '../manifest/limits.ts'
import type { VerifiedPackage } from '../package/verified-package.ts'
import { runPreparer } from './preparer.ts'
import type { Program } from './program.ts'
import type { PrepareContext } from './runtime.ts'
import { createWasmAssets, type WasmLane } from './wasm-assets.ts'
import type { WasmServices } from './wasm-runtime.ts'

export interface WasmProgram {
  readonly program: Program
  /** Argument of the worker's `load`. */
  readonly load: object
}

/** A component of 20 MB takes a second on a good machine; this is for a bad one. */
const PREPARE_MS = 60_000
const PAGES_PER_MIB = 16

/**
 * @throws {PackageError} wasm-invalid, wasm-kind, wasm-memory, unsafe-name, transpile-failed, unsafe-glue @throws {LaneError} asset-missing,
 *   worker-failed, frame-missing, not-supported @throws {LimitError} deadline-exceeded
 */
export async function makeProgram(
  pkg: VerifiedPackage, limits: Limits, services: WasmServices, context: Omit<PrepareContext, 'lifecycle'>,
): Promise<WasmProgram> {
  const { lane, entry, core, config } = pkg.manifest
  if (lane === 'script') throw new TypeError('A script has no WebAssembly.')
  const bytes = pkg.files.get(entry)
  if (bytes === undefined) throw new PackageError('file-missing', `The package has no file ${entry}.`)
  const { waiting } = chooseWaiting(services.features)
  const memoryPages = Math.min(limits.memoryMib * PAGES_PER_MIB, core?.maxMemoryPages ?? Infinity)
  const assets = createWasmAssets(services.assets)
  const prepared = await prepare(pkg, { lane, memoryPages, waiting, bytes }, { assets, services, context })
  const source = await assets.worker(lane)
  return {
    program: { source, modules: [prepared], start: 'blob', lendsCrypto: false, blocks: waiting === 'shared-buffer' },
    load: { core, config: config ?? {}, memoryPages, waiting, functions: services.functions.signaturesFor(pkg.identity.id) },
  }
}

interface Work {
  readonly lane: WasmLane
  readonly memoryPages: number
  readonly waiting: Waiting
  readonly bytes: Uint8Array
}

interface Tools {
  readonly assets: ReturnType<typeof createWasmAssets>
  readonly services: WasmServices
  readonly context: Omit<PrepareContext, 'lifecycle'>
}

async function prepare(pkg: VerifiedPackage, { lane, memoryPages, waiting, bytes }: Work, { assets, services, context }: Tools): Promise<ArrayBuffer> {
  const key = `${pkg.digest} ${describePreparation({ lane, memoryPages, waiting })}`
  const known = await services.prepared.get(key)
  if (known !== undefined) return known
  const { signal, onProgress } = context
  onProgress?.({ stage: 'download', fraction: 0 })
  const [program, ring] = await Promise.all([assets.preparer(lane), services.openRing()])
  const request = { lane, bytes: bytes.slice().buffer, memoryPages, waiting }
  const made = await runPreparer({ ring, program, request, timeoutMs: PREPARE_MS, signal, onProgress })
  services.prepared.put(key, made).catch(() => {}) // without it the package is prepared again
  return made
}
