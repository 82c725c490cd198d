/**
 * All that the extensions of a box may call, by wire name. Beside create.ts and the installer the only place that hands the real `fetch` to
 * anything. The code behind a capability is loaded at its first use.
 */
import type { Store } from '../../cache/store.ts'
import type { Capability, CapabilityMethod } from '../../capability/capability.ts'
import { createPermissionCapability } from '../../capability/permission.ts'
import { DisposedError } from '../../errors.ts'
import type { Meters } from '../../limit/meters.ts'
import type { ExtensionIdentity } from '../../manifest/identity.ts'
import type { ExtensionPermissions } from '../../permission/extension-permissions.ts'
import { setTimer } from '../../util/timer.ts'
import type { BoxVault } from '../broker/box-vault.ts'
import { methodTable } from '../broker/capability-call.ts'
import { fairFiles, fairStorage } from '../broker/fair-store.ts'
import { LazyCapability } from '../broker/lazy-capability.ts'
import type { Links } from '../link/links.ts'
import { platformCapabilities } from '../broker/platform-capabilities.ts'
import type { RunningExtensions } from './running-extensions.ts'

export interface BoxCapabilityParts {
  readonly store: Store
  readonly meters: Meters
  readonly running: RunningExtensions
  readonly vault: BoxVault
  readonly links: () => Promise<Links>
  /** What the app puts in: its events, collections, functions. */
  readonly ofApp: readonly Capability[]
}

export function boxMethods(parts: BoxCapabilityParts): ReadonlyMap<string, CapabilityMethod> {
  const { running, links, ofApp } = parts
  return methodTable([
    ...storeCapabilities(parts),
    httpCapability(parts.vault),
    new LazyCapability('extension', ['extension.call'], async () => {
      const [{ createExtensionCapability }, loadedLinks] = await Promise.all([import('../../capability/extension.ts'), links()])
      return createExtensionCapability(loadedLinks)
    }),
    createPermissionCapability((identity) => permissionsOf(identity, running)),
    ...ofApp,
    ...platformCapabilities({
      nameOf: (identity) => running.of(identity)?.pkg.manifest.name ?? '',
      takeGesture: (power, identity) => running.of(identity)?.takeGesture(power) ?? false,
      pause: (identity) => pause(identity, running),
    }),
  ])
}

/** What an extension keeps. */
function storeCapabilities({ store, meters, vault }: BoxCapabilityParts): readonly Capability[] {
  return [
    new LazyCapability('storage', ['storage.get', 'storage.set', 'storage.delete', 'storage.list'], async () => {
      const { createStorageCapability } = await import('../../capability/storage.ts')
      return createStorageCapability((owner, grant) => fairStorage(store.openStorage(owner, grant), { queue: meters.store, key: owner.key, grant }))
    }),
    new LazyCapability('file', ['file.open', 'file.load', 'file.commit'], async () => {
      const { createFileCapability } = await import('../../capability/file.ts')
      return createFileCapability((owner, grant) => fairFiles(store.openFiles(owner, grant), { queue: meters.store, key: owner.key, grant }))
    }),
    new LazyCapability('vault', ['vault.get', 'vault.set', 'vault.delete', 'vault.list'], async () => {
      const { createVaultCapability } = await import('../../capability/vault.ts')
      return createVaultCapability(vault.open, (key) => vault.changed(key))
    }),
  ]
}

function httpCapability(vault: BoxVault): Capability {
  return new LazyCapability('http', ['http.fetch'], async () => {
    const [{ createHttpCapability }, secrets] = await Promise.all([import('../../capability/http.ts'), vault.secrets()])
    return createHttpCapability({ fetch: (...args) => fetch(...args), setTimer, secrets })
  })
}

function permissionsOf(identity: ExtensionIdentity, running: RunningExtensions): ExtensionPermissions {
  const permissions = running.of(identity)?.permissions
  if (permissions === undefined) throw new DisposedError('disposed', 'The extension has ended.')
  return permissions
}

/** Stops its clocks until what this gives is called, and those of the same code only. */
function pause(identity: ExtensionIdentity, all: RunningExtensions): () => void {
  const running = all.of(identity)
  running?.promptOpened()
  return () => running?.promptClosed()
}
