/**
 * What an install does with a WebAssembly package, ahead of time: the same code as in the page's preparer, with the same bytes as the result.
 * A host that ships them spares its users the transpiler's download.
 */
import { PackageError } from '../errors.ts'
import { prepareComponent } from '../lane/component/prepare.ts'
import { encodePrepared } from '../lane/component/prepared.ts'
import type { Transpiler } from '../lane/component/transpiler.ts'
import { describePreparation, type PrepareRequest, TABLE_ENTRIES } from '../lane/prepare-request.ts'
import { prepareCore } from '../lane/wasm/prepare-core.ts'
import type { Digest } from '../manifest/digest.ts'
import { DEFAULT_LIMITS } from '../manifest/limits.ts'
import { readPackage } from './pack.ts'
import { loadTranspiler } from './transpiler.ts'

export interface PrepareOptions {
  /**
   * How imports wait in the browsers it is meant for: `jspi` (default), `shared-buffer` on isolated pages without it, `never` elsewhere. The
   * last two give the same bytes, and so do all three for a component that does not wait.
   */
  readonly waiting?: PrepareRequest['waiting']
  /** The limit that the host will run it under, MiB. Default: what the manifest asks for, else 128. */
  readonly memoryMib?: number
}

export interface PreparedPackage {
  readonly id: string
  readonly version: string
  readonly digest: Digest
  /** Names these bytes among all that can be made: digest, preparer's version, options. */
  readonly key: string
  readonly bytes: ArrayBuffer
}

const PAGES_PER_MIB = 16

/**
 * Prepares a packed or unpacked extension of the component or core lane.
 *
 * @param source  its folder, or its manifest
 * @throws {ManifestError} manifest-invalid
 * @throws {PackageError} file-missing, digest-mismatch, package-too-large; not a WebAssembly lane, or any code of an install (wasm-kind,
 *   wasm-invalid, wasm-memory, unsafe-name, transpile-failed, unsafe-glue)
 * @throws {LimitError} memory-exceeded @throws {LaneError} glue-too-large
 */
export async function prepare(source: string | URL, options: PrepareOptions = {}): Promise<PreparedPackage> {
  return preparePackage(source, options, loadTranspiler)
}

/** As `prepare`, with the transpiler from elsewhere. */
export async function preparePackage(
  source: string | URL, { waiting = 'jspi', memoryMib }: PrepareOptions, openTranspiler: () => Promise<Transpiler>,
): Promise<PreparedPackage> {
  const { digest, manifest, files } = (await readPackage(source)).pkg
  const { id, version, lane, entry, core, limits } = manifest
  if (lane === 'script') throw new PackageError('wasm-kind', `${id} is of the script lane: there is nothing to prepare ahead of time.`)
  const memoryPages = Math.min((memoryMib ?? limits.memoryMib ?? DEFAULT_LIMITS.memoryMib) * PAGES_PER_MIB, core?.maxMemoryPages ?? Infinity)
  const bytes = files.get(entry) ?? new Uint8Array() // the manifest's parser holds that the entry is listed, and what is listed is there
  const caps = { memoryPages, tableEntries: TABLE_ENTRIES }
  const made = lane === 'core'
    ? prepareCore(bytes, caps).buffer
    : encodePrepared(prepareComponent(bytes, { asyncMode: waiting === 'jspi' ? 'jspi' : 'sync', ...caps }, { transpiler: await openTranspiler() }))
  return { id, version, digest, key: `${digest} ${describePreparation({ lane, memoryPages, waiting })}`, bytes: made }
}
