/** An instance with everything that was made for it: its imports' state, its way out, its resources on the page. Dropped as a whole. */
import { andThen, type MaybePromise } from '../wait/maybe.ts'
import { FileSystem } from '../fs/file-system.ts'
import type { KeptDirectories } from '../fs/kept.ts'
import { createLinkedInterface } from '../host/linked.ts'
import { createAppInterface } from '../host/provided.ts'
import type { Outward } from '../outward.ts'
import { createInstanceOutward, type InstanceOutward, type InstanceOutwardOptions } from '../wait/instance-outward.ts'
import type { ImportLookup, WasiContext } from '../wasi/context.ts'
import { createWasiImports } from '../wasi/imports.ts'
import { ResourceCount } from '../wasi/resource.ts'
import { LinePrinter } from '../wasi/stdio.ts'
import type { CommandWorld } from './command.ts'
import { instantiateComponent, type ComponentCode, type ComponentInstance } from './instance.ts'

export interface LiveOptions extends Omit<InstanceOutwardOptions, 'pendingCapabilityCalls'> {
  readonly code: ComponentCode
  readonly limits: { readonly handles: number, readonly pendingCapabilityCalls: number }
  readonly config: ReadonlyMap<string, string>
  readonly serving: WasiContext['call']
  /** Interfaces, without versions, that other extensions provide. */
  readonly links: ReadonlySet<string>
  /** Directories that outlive the instance. */
  readonly kept: KeptDirectories | undefined
}

export interface Live extends ComponentInstance, Pick<InstanceOutward, 'abort' | 'resume' | 'pending'> {
  readonly context: WasiContext
  /** Prints what the guest has written without ending its line. */
  flush(): void
  /** Nothing reaches the guest any more. */
  end(): void
}

const now = performance.now.bind(performance)
const readDate = Date.now

/** @param openWorld  for a command: what it has in place of the extension's own */
export function startLive(
  { code, limits, config, kept, links, serving, ...options }: LiveOptions, openWorld?: (outward: Outward) => CommandWorld,
): MaybePromise<Live> {
  const startedAt = now()
  const { outward, end, ...control } = createInstanceOutward({ ...options, pendingCapabilityCalls: limits.pendingCapabilityCalls })
  const world = openWorld?.(outward)
  const context: WasiContext = {
    outward, config, resources: new ResourceCount(limits.handles),
    files: world?.files ?? openFiles(kept), args: world?.args ?? [], env: world?.env ?? [],
    call: serving,
    now: () => now() - startedAt,
  }
  const stdout = new LinePrinter(outward, 'info')
  const stderr = new LinePrinter(outward, 'error')
  const imports = createWasiImports(context, world ?? { stdout, stderr })
  const lookup: ImportLookup = {
    get: (name) => imports.get(name) ?? createLinkedInterface(context, links, name) ?? createAppInterface(context, name),
  }
  return andThen(instantiateComponent(code, lookup), (instance) => ({
    ...instance, ...control, context,
    flush: () => {
      stdout.flush()
      stderr.flush()
    },
    end,
  }))
}

/** `/` is the instance's own, gone with it; kept directories lie in front of it. */
function openFiles(kept: KeptDirectories | undefined): WasiContext['files'] {
  const fs = new FileSystem({ now: () => BigInt(readDate()) * 1_000_000n })
  return { fs, preopens: [{ name: '/', directory: fs.openRoot('read-write') }, ...(kept?.preopens() ?? [])] }
}
