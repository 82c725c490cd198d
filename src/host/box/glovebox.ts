/** The box as the app sees it: what it may ask of it, and what it hears. How it is put together is compose.ts. */
import type { ProvidedCollection } from '../../capability/data.ts'
import type { Vault } from '../../capability/host-vault.ts'
import type { ProvidedCapability } from '../../capability/provided.ts'
import type { Store } from '../../cache/store.ts'
import type { EngineFeatures } from '../../engine/features.ts'
import { type Meters, subjectLevel } from '../../limit/meters.ts'
import type { Usage } from '../../limit/usage.ts'
import { extensionKey } from '../../manifest/identity.ts'
import type { Permission } from '../../manifest/permission.ts'
import type { PackageSource } from '../../package/source.ts'
import type { PermissionGrant } from '../../permission/status.ts'
import type { ReportedUse } from '../../permission/trial.ts'
import { type Audit, type AuditRecorder, createAudit } from '../../telemetry/audit.ts'
import { type DisposeStack, SYMBOL_DISPOSE } from '../../util/dispose.ts'
import type { AppCapabilities, AppEvents } from './app-capabilities.ts'
import { boxDisposed, throwIfDisposed } from './box-disposed.ts'
import { GloveboxEventTarget } from '../events.ts'
import { type Exports, type Extension, notInstalled } from '../extension/extension.ts'
import type { Installer, InstallOptions } from './installer.ts'
import type { ResolvedOptions } from '../options.ts'
import { createReport, type Report } from './report.ts'
import type { Rings } from './rings.ts'
import type { RunningExtensions } from './running-extensions.ts'

export interface GloveboxParts {
  readonly options: ResolvedOptions
  readonly scope: DisposeStack
  readonly store: Store
  readonly audit: AuditRecorder
  readonly rings: Rings
  readonly features: EngineFeatures
  readonly meters: Meters
  readonly running: RunningExtensions
  readonly installer: Installer
  readonly app: AppCapabilities
  readonly vault: Vault
}

export class Glovebox extends GloveboxEventTarget {
  /** What extensions did and what was decided about them. */
  readonly audit: Audit
  /** Events between the app and its extensions. */
  readonly events: AppEvents
  readonly #parts: GloveboxParts

  /** @internal Use createGlovebox. */
  constructor(parts: GloveboxParts) {
    super()
    this.audit = createAudit(parts.audit)
    this.events = parts.app.events
    this.#parts = parts
  }

  /**
   * Installs an extension, or new code for one: fetches, verifies, compiles without running, asks for what it requires, records.
   * New code keeps the old one's storage, and what was granted to it where it asks for no more (bytes without a URL are asked again). The same
   * code again gives the same object.
   *
   * @param source  URL of a glovebox.json or of a .glove archive; File, Blob or bytes of one; or `{ manifest, files }`
   * @throws {ManifestError} manifest-invalid
   * @throws {PackageError} fetch-failed, package-too-large, archive-invalid, file-missing, digest-mismatch, syntax-error, import-unresolved, store-failed,
   *   link-missing, link-mismatch; not-installed: another tab uninstalled it meanwhile
   * @throws {PolicyError} untrusted-digest, id-taken
   * @throws {PermissionError} permission-denied: something required was denied
   * @throws {LaneError} when no worker can be started; or the signal's reason
   */
  async install<E = Exports>(source: PackageSource, options: InstallOptions = {}): Promise<Extension<E>> {
    const extension = await this.#parts.installer.install(source, options)
    return extension as Extension<E> // the caller's word for its exports
  }

  /**
   * Offers extensions a collection of the app's data, or a capability of the app's own. Resolves when it is there, with what withdraws it.
   *
   * @throws {TypeError} for what is neither, or has a name that is taken
   */
  async provide(provided: ProvidedCollection | ProvidedCapability): Promise<() => void> {
    throwIfDisposed(this.#parts.scope)
    return this.#parts.app.provide(provided)
  }

  /** The installed extension of that id. @throws {PackageError} not-installed */
  get<E = Exports>(id: string): Extension<E> {
    const extension = this.#parts.running.byId(id)?.extension
    if (extension !== undefined) return extension as Extension<E> // the caller's word
    throw notInstalled(String(id))
  }

  list(): readonly Extension[] {
    return this.#parts.running.all.flatMap(({ extension }) => extension ?? [])
  }

  /** What is granted to whom now. Taking back: `get(extension).permissions.revoke(name)`. */
  grants(): readonly PermissionGrant[] {
    return this.#parts.running.all.flatMap(({ permissions }) => permissions?.grants() ?? [])
  }

  /**
   * The smallest permissions that would have covered what the extension has used in this page, as its manifest lists them.
   * @throws {TypeError} unless opened with `permissions: 'observe'` @throws {PackageError} not-installed
   */
  observed(id: string): readonly Permission[] {
    const { observer } = this.#parts.options.rules
    if (observer === undefined) throw new TypeError("observed() needs a box with permissions: 'observe'.")
    return observer.permissions(extensionKey(this.get(id)))
  }

  /** What `reportOnly` would have denied of what the extension did in this page; nothing without one. @throws {PackageError} not-installed */
  reported(id: string): readonly ReportedUse[] {
    const key = extensionKey(this.get(id))
    return this.#parts.options.rules.trial?.list(key) ?? []
  }

  /** Secrets that extensions may use without seeing them. */
  get vault(): Vault {
    return this.#parts.vault
  }

  /** Ends the extension and removes its code, grants, storage and secrets. @throws {PackageError} not-installed, store-failed */
  async uninstall(id: string): Promise<void> {
    await this.#parts.installer.uninstall(id)
  }

  /** What this page gives its extensions, and what it does not. */
  report(): Report {
    const { options, rings, features, meters, running, installer } = this.#parts
    return createReport({ options, ring: rings.kind, features, meters, running: running.all, problems: installer.problems })
  }

  /** What all extensions together use now of the limits of the box's `subject`; empty without one. Cheap enough to be asked every second. */
  async usage(): Promise<Usage> {
    const { options: { subject }, store, meters } = this.#parts
    const stored = await store.storedBytes()
    const levels = (['storageBytes', 'fileBytes'] as const).flatMap((name) => {
      const allowed = subject?.limits?.[name]
      return allowed === undefined ? [] : [[name, subjectLevel(stored[name], allowed)] as const]
    })
    return { ...meters.subjectUsage(), ...Object.fromEntries(levels) }
  }

  /** Ends every extension, frame, worker and connection of the box; what is stored stays. Idempotent. */
  dispose(): void {
    const { running, scope } = this.#parts
    const reason = boxDisposed()
    for (const one of running.all) one.end(reason)
    scope.dispose()
  }

  [SYMBOL_DISPOSE](): void {
    this.dispose()
  }

  /** @internal Brings back what was installed in earlier pages. */
  async restore(): Promise<void> {
    await this.#parts.installer.restore()
  }
}
