/** What runs the packages of a box: the script lane takes the box's one spare, the WebAssembly lanes make a program of the extension's own. */
import type { PreparedStore } from '../../cache/prepared.ts'
import type { FunctionTable } from '../../capability/function.ts'
import type { EngineFeatures } from '../../engine/features.ts'
import { FairQueue } from '../../limit/fair-queue.ts'
import type { ExtensionKey } from '../../manifest/identity.ts'
import type { DisposeStack } from '../../util/dispose.ts'
import type { Assets } from '../runtime/assets.ts'
import type { ResolvedOptions } from '../options.ts'
import type { Program } from '../frame/program.ts'
import type { Ring } from '../frame/ring.ts'
import type { Rings } from './rings.ts'
import type { RunningServices } from '../extension/running-extension.ts'
import { createScriptRuntime } from '../runtime/script-runtime.ts'
import { Spare, spareLimits } from '../runtime/spare.ts'
import { WasmRuntime } from '../runtime/wasm-runtime.ts'

export interface BoxRuntimeParts {
  readonly options: ResolvedOptions
  readonly scope: DisposeStack
  readonly assets: Assets
  readonly rings: Rings
  readonly firstRing: Promise<Ring>
  readonly prepared: PreparedStore
  readonly functions: FunctionTable
  readonly features: EngineFeatures
  readonly boot: RunningServices['boot']
}

/**
 * Packages of a box that are compiled at the same time: an app that installs twenty-five at once must not have each of them wait for the cores
 * of the machine in its own `startMs`.
 */
const COMPILE_PLACES = 4

/** Begins to make the spare. */
export function createRuntimes(parts: BoxRuntimeParts): RunningServices['createRuntime'] {
  const { options, scope, assets, rings, firstRing, prepared, functions, features, boot } = parts
  const openRing = (): Promise<Ring> => rings.open()
  const program = (): Promise<Program> => assets.script()
  const spare = new Spare({ openRing, firstRing, program, limits: spareLimits(options.limits), ...boot })
  scope.defer(() => spare.dispose())
  spare.prepare()
  const places = new FairQueue<ExtensionKey>(COMPILE_PLACES)
  const wasm = { assets, prepared, lookUp: options.prepared, functions, features, openRing, takeRing: () => spare.takeRing(), boot }
  return (pkg, limits, watch) => {
    if (pkg.manifest.lane === 'script') return createScriptRuntime(pkg, limits, { spare, program, prepared, places, watch })
    return new WasmRuntime(pkg, limits, { ...wasm, watch })
  }
}
