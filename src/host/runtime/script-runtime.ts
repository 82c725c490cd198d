/** The script lane's runtime: the box's spare, and the package's modules as text. */
import type { PreparedStore } from '../../cache/prepared.ts'
import type { FairQueue } from '../../limit/fair-queue.ts'
import type { ExtensionKey } from '../../manifest/identity.ts'
import type { Limits } from '../../manifest/limits.ts'
import { sourceText } from '../../package/source-text.ts'
import type { VerifiedPackage } from '../../package/verified-package.ts'
import { directoriesOf } from './own-directories.ts'
import type { ModuleSources } from './prepare.ts'
import type { Program } from '../frame/program.ts'
import type { PrepareWatch, Runtime } from '../instance/runtime.ts'
import type { Spare } from './spare.ts'

/** Source maps that a worker gets, together: more than it would read. */
const MAX_MAP_BYTES = 5 * 2 ** 20

export interface ScriptServices {
  readonly spare: Spare
  readonly program: () => Promise<Program>
  readonly prepared: PreparedStore
  /** For those that are compiled at the same time. */
  readonly places: FairQueue<ExtensionKey>
  readonly watch: PrepareWatch
}

export function createScriptRuntime(pkg: VerifiedPackage, limits: Limits, { spare, program, prepared, places, watch }: ScriptServices): Runtime {
  return {
    async prepare({ workbench, signal }) {
      const { prepareScript } = await import('./package-source.ts')
      await prepareScript({ pkg, sources: moduleSources(pkg), limits, workbench, prepared, places, watch, signal })
    },
    first: (asked) => spare.take(asked),
    keepsSpare: false,
    preloads: false,
    program,
    load: () => ({ ...moduleSources(pkg), directories: directoriesOf(pkg.manifest) }),
  }
}

/** Scripts and JSON of the package as text, source maps as bytes; modules cannot import other files. */
function moduleSources(pkg: VerifiedPackage): ModuleSources {
  const files = new Map<string, string>()
  const maps = new Map<string, Uint8Array>()
  let left = MAX_MAP_BYTES
  for (const [path, bytes] of pkg.files) {
    if (/\.(?:m?[jt]s|json)$/.test(path)) files.set(path, sourceText(pkg, path))
    else if (path.endsWith('.map') && bytes.length <= left) {
      maps.set(path, bytes)
      left -= bytes.length
    }
  }
  return { files, entry: pkg.manifest.entry, maps }
}
