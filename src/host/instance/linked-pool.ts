/**
 * The instances of an extension that serve other extensions: apart from those that serve the app, so that what may be used on others' behalf
 * is decided by whose instance asks, and not by a guest's word for which of its calls it works. They keep their memory as the manifest's
 * lifetime says; there is one group for each list of permissions in `provides`.
 */
import type { PermissionName } from '../../manifest/permission.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { WaitPool } from './link-wait.ts'
import type { PendingCall } from './pending-calls.ts'
import type { Runtime } from './runtime.ts'

export interface LinkedPool extends WaitPool {
  readonly lifecycle: Lifecycle
  readonly calls: Set<PendingCall>
}

/** Directories that outlive instances are there for those who may read them. */
export function restrictRuntime(runtime: Runtime, onBehalf: ReadonlySet<PermissionName>): Runtime {
  return {
    keepsSpare: false,
    preloads: false,
    prepare: (context) => runtime.prepare(context),
    first: (limits) => runtime.first(limits),
    program: () => runtime.program(),
    async load() {
      const load = await runtime.load()
      const directories: unknown = Reflect.get(load, 'directories')
      if (!Array.isArray(directories)) return load
      const isWritable = onBehalf.has('file:write')
      const restricted = directories.map((one: object) => (isWritable ? one : { ...one, isWritable }))
      return { ...load, directories: onBehalf.has('file:read') ? restricted : [] }
    },
  }
}
