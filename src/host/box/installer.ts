/**
 * Installs, brings back and uninstalls: what changes who is in a box. Each does its steps in an order that leaves nothing half done when one
 * fails, and steps for one id go one after the other.
 */
import type { NewGrant } from '../../cache/grants.ts'
import type { InstalledRecord } from '../../cache/installed.ts'
import type { Store } from '../../cache/store.ts'
import { DisposedError, type GloveboxError, isGloveboxError, PolicyError } from '../../errors.ts'
import type { Meters } from '../../limit/meters.ts'
import { type ExtensionIdentity, extensionKey, type ExtensionKey } from '../../manifest/identity.ts'
import type { PackageSource } from '../../package/source.ts'
import type { VerifiedPackage } from '../../package/verified-package.ts'
import type { PermissionBroker } from '../../permission/broker.ts'
import type { ExtensionPermissions, PermissionSubject } from '../../permission/extension-permissions.ts'
import type { AuditSink } from '../../telemetry/audit-sink.ts'
import type { TelemetryContext } from '../../telemetry/telemetry.ts'
import type { DisposeStack } from '../../util/dispose.ts'
import { throwIfDisposed } from './box-disposed.ts'
import type { BoxVault } from '../broker/box-vault.ts'
import { type Extension, notInstalled } from '../extension/extension.ts'
import type { Links } from '../link/links.ts'
import type { ResolvedOptions } from '../options.ts'
import type { Report } from './report.ts'
import { RunningExtension, type RunningServices } from '../extension/running-extension.ts'
import type { RunningExtensions } from './running-extensions.ts'
import type { PrepareProgress } from '../instance/runtime.ts'

export interface InstallOptions {
  /** Ends the installation: nothing is recorded then. */
  readonly signal?: AbortSignal
  /** Hears how far preparing is: a large component takes a second. */
  readonly onProgress?: (progress: PrepareProgress) => void
}

export interface InstallerParts {
  readonly scope: DisposeStack
  readonly trust: ResolvedOptions['trust']
  readonly store: Store
  readonly audit: AuditSink
  readonly broker: PermissionBroker
  readonly running: RunningExtensions
  readonly services: RunningServices
  readonly vault: BoxVault
  readonly links: () => Promise<Links>
}

interface RecordFacts extends Pick<InstalledRecord, 'source' | 'replaced'> {
  readonly generation: number
}

export class Installer {
  readonly #parts: InstallerParts
  #problems: Report['problems'][number][] = []
  /** Installing and uninstalling one id go one after the other. */
  readonly #work = new Map<string, Promise<unknown>>()

  constructor(parts: InstallerParts) {
    this.#parts = parts
  }

  /** Records that could not be restored. */
  get problems(): Report['problems'] {
    return [...this.#problems]
  }

  /** @throws as Glovebox.install */
  async install(source: PackageSource, options: InstallOptions): Promise<Extension> {
    const { scope, services, trust } = this.#parts
    throwIfDisposed(scope)
    const { signal } = options
    const parent = services.telemetry.here()
    const { loadSource, verifyPackage } = await import('../runtime/package-source.ts')
    const loaded = await loadSource(source, { fetch: (...args) => fetch(...args), ...(signal ? { signal } : {}) })
    const pkg = await verifyPackage(loaded, trust)
    return this.#inOrder(pkg.identity.id, () => this.#install(pkg, sourceUrl(source), parent, options))
  }

  /** @throws as Glovebox.uninstall */
  async uninstall(id: string): Promise<void> {
    const { scope, store, broker, running: all, audit } = this.#parts
    throwIfDisposed(scope)
    await this.#inOrder(id, async () => {
      const startedAt = performance.now()
      const running = all.byId(id)
      const origin = running?.pkg.identity.origin ?? (await store.installed.originOf(id))
      if (origin === undefined) throw notInstalled(String(id))
      const key = extensionKey({ id, origin })
      if (running) this.#end(running, new DisposedError('disposed', `The extension ${id} was uninstalled.`))
      this.#forget(key)
      await broker.forget(key, () => store.removeExtension(key))
      this.#problems = this.#problems.filter((problem) => problem.id !== id)
      const digest = running?.pkg.digest ?? ''
      await audit.keep({ kind: 'uninstall', extension: id, origin, digest, outcome: 'ok', duration: performance.now() - startedAt })
      running?.emit('state', { state: 'uninstalled' })
    })
  }

  /** In another tab, which removed all that is stored. */
  uninstalledElsewhere(permissions: ExtensionPermissions, reason: DisposedError): void {
    const { key } = permissions
    const running = this.#parts.running.get(key)
    if (running?.permissions !== permissions) return // an update that is being installed, which fails
    this.#end(running, reason)
    this.#forget(key)
    running.emit('state', { state: 'uninstalled' })
  }

  /** Brings back what was installed in earlier pages. One broken record does not keep the others away. */
  async restore(): Promise<void> {
    const { installed } = this.#parts.store
    // First: an uninstall in between is noticed then.
    const generations = await installed.generations()
    const records = await installed.list()
    await Promise.all(records.map((record) => this.#restoreRecord(record, generations.get(extensionKey(record)) ?? 0)))
  }

  async #restoreRecord(record: InstalledRecord, generation: number): Promise<void> {
    const { store, trust, services, broker } = this.#parts
    try {
      const { restorePackage } = await import('../runtime/package-source.ts')
      const isOtherTrust = record.trustKind !== trust.kind
      const refusal = isOtherTrust ? trustMismatch(record, trust.kind) : undefined
      // Other trust: the bytes are still checked against their digest, so that the list shows what it is that does not start.
      const pkg = await restorePackage(record, { store, trust: isOtherTrust ? { kind: 'development' } : trust, fetch: (...args) => fetch(...args) })
      const running = new RunningExtension(pkg, services, refusal)
      this.#add(running, await broker.open(subjectOf(pkg, generation), refusal === undefined ? record.replaced : undefined))
    } catch (error) {
      const { id, origin } = record
      const code = isGloveboxError(error) ? error.code : 'internal'
      this.#problems.push({ id, origin, code, message: error instanceof Error ? error.message : String(error) })
    }
  }

  async #install(pkg: VerifiedPackage, source: string | null, parent: TelemetryContext, { signal, onProgress }: InstallOptions): Promise<Extension> {
    const { scope, store, running: all, services, broker, links } = this.#parts
    throwIfDisposed(scope)
    const { installed } = store
    const generation = (await installed.generations()).get(pkg.key) ?? 0
    const [owner, before] = await Promise.all([installed.originOf(pkg.identity.id), installed.get(pkg.key)])
    const replaces = before?.digest
    if (owner !== undefined && owner !== pkg.identity.origin) throw idTaken(pkg.identity, owner)
    const previous = all.get(pkg.key)
    if (previous?.extension && previous.pkg.digest === pkg.digest && previous.pkg.trustKind === pkg.trustKind) {
      await previous.permissions?.requestRequired(signal ? { signal } : {})
      return previous.extension
    }
    if (pkg.manifest.links !== undefined) (await links()).check(pkg.manifest)
    const running = new RunningExtension(pkg, services)
    const kind = owner === undefined ? 'install' : 'update'
    const startedAt = performance.now()
    let permissions: ExtensionPermissions | undefined
    try {
      const { toStored } = await import('../runtime/package-source.ts')
      const preparing = running.prepare({ signal, onProgress, parent })
      await Promise.all([preparing, store.packages.put(toStored(pkg))])
      const facts = { source, generation, replaced: replaces === pkg.digest ? before?.replaced : replaces }
      permissions = await broker.admit(subjectOf(pkg, generation), {
        ...(signal && { signal }), ...(replaces && { replaces }), install: (grants) => this.#record(pkg, facts, grants),
      })
      await running.keep({ kind, outcome: 'ok', duration: performance.now() - startedAt })
      await requireInstalled(permissions, scope)
    } catch (error) {
      await running.keep({ kind, outcome: isGloveboxError(error) ? error.code : 'internal', duration: performance.now() - startedAt })
      running.end(new DisposedError('disposed', 'The installation failed.'))
      if (permissions) broker.close(permissions)
      throw error
    }
    if (previous) this.#end(previous, new DisposedError('disposed', 'Newer code of the extension was installed.'))
    const extension = this.#add(running, permissions)
    if (scope.isDisposed) this.#end(running, new DisposedError('disposed', 'The box was disposed.'))
    return extension
  }

  #add(running: RunningExtension, permissions: ExtensionPermissions): Extension {
    const extension = running.open(permissions)
    this.#parts.running.add(running)
    permissions.tryInstall()
    return extension
  }

  async #record(pkg: VerifiedPackage, { source, generation, replaced }: RecordFacts, grants: readonly NewGrant[]): Promise<void> {
    const { identity, digest, trustKind } = pkg
    const record = { ...identity, digest, trustKind, source, installedAt: Date.now(), isPinned: source === null, replaced }
    const { installed } = this.#parts.store
    const isClaimed = await installed.put(record, generation, grants)
    if (isClaimed) return
    throw idTaken(identity, (await installed.originOf(identity.id)) ?? 'another origin')
  }

  #end(running: RunningExtension, reason: GloveboxError): void {
    running.end(reason)
    if (running.permissions) this.#parts.broker.close(running.permissions)
    this.#parts.running.remove(running)
  }

  #forget(key: ExtensionKey): void {
    this.#parts.services.meters.forget(key)
    this.#parts.vault.forget(key)
  }

  #inOrder<T>(id: string, work: () => Promise<T>): Promise<T> {
    const done = (this.#work.get(id) ?? Promise.resolve()).then(work)
    const settled = done.catch(() => undefined).then(() => {
      if (this.#work.get(id) === settled) this.#work.delete(id)
    })
    this.#work.set(id, settled)
    return done
  }
}

/**
 * Once the record is in the store the extension is installed, and only its being uninstalled, in another tab, undoes that. A store that fails now
 * leaves that to the first use, and a box that is disposed has it at its next opening: to say that it failed would be wrong.
 */
async function requireInstalled(permissions: ExtensionPermissions, scope: Pick<DisposeStack, 'isDisposed'>): Promise<void> {
  try {
    await permissions.reload()
  } catch (error) {
    if (isGloveboxError(error, 'disposed') && !scope.isDisposed) throw error
  }
}

function subjectOf(pkg: VerifiedPackage, generation: number): PermissionSubject {
  const { identity, digest, manifest, unsigned } = pkg
  return { identity, digest, generation, name: manifest.name, unsigned, required: manifest.permissions, optional: manifest.optionalPermissions }
}

/** Where it can be fetched again; null for bytes and for blob: URLs, which die with their page. */
function sourceUrl(source: PackageSource): string | null {
  if (typeof source !== 'string' && !(source instanceof URL)) return null
  const url = new URL(source, document.baseURI)
  return url.protocol === 'blob:' ? null : url.href
}

function idTaken(identity: ExtensionIdentity, owner: string): PolicyError {
  const { id, origin } = identity
  return new PolicyError('id-taken', `The id ${id} belongs to an extension from ${owner}; the one from ${origin} cannot take it. Uninstall the other first.`, {
    details: { id, origin, owner },
  })
}

function trustMismatch(record: InstalledRecord, kind: string): PolicyError {
  const message = `${record.id} was installed under trust "${record.trustKind}", this box has "${kind}": install it again under this trust.`
  return new PolicyError('trust-mismatch', message, { details: { id: record.id } })
}
