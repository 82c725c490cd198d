/** The directories of an extension's own that its manifest asks for; whether it gets them the broker says, at each use. */
import type { PackageManifest } from '../../manifest/manifest.ts'

export interface OwnDirectory {
  /** Absolute: `/data`. */
  readonly path: string
  readonly isWritable: boolean
}

export function directoriesOf(manifest: Pick<PackageManifest, 'permissions' | 'optionalPermissions'>): readonly OwnDirectory[] {
  const asked = [...manifest.permissions, ...manifest.optionalPermissions]
  const named = (name: string): ReadonlySet<string> =>
    new Set(asked.flatMap((permission) => (permission.name === name && 'directories' in permission.scope ? permission.scope.directories : [])))
  const writable = named('file:write')
  return [...named('file:read')].map((path) => ({ path, isWritable: writable.has(path) }))
}
