/**
 * The box: the composition root. Beside create.ts the only place that hands the real `fetch` to anything.
 */
import type { InstalledRecord } from '../cache/installed.ts'
import type { Store } from '../cache/store.ts'
import { FunctionTable } from '../capability/function.ts'
import type { Vault } from '../capability/host-vault.ts'
import type { ProvidedCollection } from '../capability/data.ts'
import { createPermissionCapability } from '../capability/permission.ts'
import type { ProvidedCapability } from '../capability/provided.ts'
import { probeFeatures } from '../engine/features.ts'
import { DisposedError, type GloveboxError, isGloveboxError, PolicyError } from '../errors.ts'
import { chooseWaiting } from '../lane/select.ts'
import { type ExtensionIdentity, extensionKey, type ExtensionKey } from '../manifest/identity.ts'
import { Meters, subjectLevel } from '../limit/meters.ts'
import type { Usage } from '../limit/usage.ts'
import type { Limits } from '../manifest/limits.ts'
import type { Permission } from '../manifest/permission.ts'
import type { PackageSource } from '../package/source.ts'
import type { VerifiedPackage } from '../package/verified-package.ts'
import type { PermissionBroker, PermissionBrokerOptions } from '../permission/broker.ts'
import type { ExtensionPermissions, PermissionSubject } from '../permission/extension-permissions.ts'
import type { Prompt } from '../permission/prompt.ts'
import { AuditRecorder, createAudit, type Audit } from '../telemetry/audit.ts'
import { NO_TELEMETRY, type Telemetry, type TelemetryContext } from '../telemetry/telemetry.ts'
import type { PermissionGrant } from '../permission/status.ts'
import type { ReportedUse } from '../permission/trial.ts'
import { type DisposeStack, SYMBOL_DISPOSE } from '../util/dispose.ts'
import { setTimer } from '../util/timer.ts'
import { AppCapabilities, type AppEvents } from './app-capabilities.ts'
import type { SealedStore } from '../wire/sealed-store.ts'
import type { Assets } from './assets.ts'
import { BoxVault } from './box-vault.ts'
import { methodTable } from './capability-call.ts'
import { decisionEvent } from './capability-record.ts'
import { createConsoleSink } from './dev-console.ts'
import { GloveboxEventTarget } from './events.ts'
import { fairFiles, fairSecrets, fairStorage } from './fair-store.ts'
import { type Exports, type Extension, notInstalled } from './extension.ts'
import { GestureWatch } from './gesture.ts'
import { ImageBudget } from './image-budget.ts'
import { LazyCapability } from './lazy-capability.ts'
import type { Links } from './links.ts'
import type { ResolvedOptions } from './options.ts'
import { platformCapabilities } from './platform-capabilities.ts'
import { GIVEN_UP, type Report } from './report.ts'
import type { Program } from './program.ts'
import type { Ring } from './ring.ts'
import type { Rings } from './rings.ts'
import type { PrepareProgress, PrepareWatch, Runtime } from './runtime.ts'
import { RunningExtension, type RunningServices } from './running-extension.ts'
import { createScriptRuntime } from './script-runtime.ts'
import { Spare, spareLimits } from './spare.ts'
import { WasmRuntime } from './wasm-runtime.ts'

export interface InstallOptions {
  /** Ends the installation: nothing is recorded then. */
  readonly signal?: AbortSignal
  /** Hears how far preparing is: a large component takes a second. */
  readonly onProgress?: (progress: PrepareProgress) => void
}

/** Records what happens in a box; what writes it down is loaded with the first row. */
export function createRecorder({ name, store: kind, audit: retention }: ResolvedOptions, { audit: store }: Store): AuditRecorder {
  // Nobody else sees a log in memory.
  const locks = kind === 'memory' ? undefined : navigator.locks
  const parts = { store, locks, lockName: `glovebox:${name}:audit`, now: Date.now, setTimer, retention }
  return new AuditRecorder(async () => (await import('../telemetry/audit-load.ts')).openAudit(parts), Date.now, setTimer)
}

export async function createTelemetry({ telemetry }: ResolvedOptions): Promise<Telemetry> {
  return telemetry === undefined ? NO_TELEMETRY : (await import('../telemetry/otel.ts')).createTelemetry(telemetry)
}

export interface BoxParts {
  readonly options: ResolvedOptions
  readonly scope: DisposeStack
  readonly store: Store
  readonly audit: AuditRecorder
  readonly telemetry: Telemetry
  readonly assets: Assets
  readonly rings: Rings
  readonly firstRing: ReturnType<Rings['open']>
  readonly createBroker: (options: PermissionBrokerOptions) => PermissionBroker
}

export class Glovebox extends GloveboxEventTarget {
  /** What extensions did and what was decided about them. */
  readonly audit: Audit
  readonly #recorder: AuditRecorder
  /** Events between the app and its extensions. */
  readonly events: AppEvents
  readonly #options: ResolvedOptions
  readonly #scope: DisposeStack
  readonly #store: Store
  readonly #rings: Rings
  readonly #broker: PermissionBroker
  readonly #services: RunningServices
  readonly #meters: Meters
  readonly #app: AppCapabilities
  readonly #vault: BoxVault
  readonly #features = probeFeatures(globalThis)
  readonly #running = new Map<ExtensionKey, RunningExtension>()
  #loadedLinks: Promise<Links> | undefined
  #problems: Report['problems'][number][] = []
  /** Installing and uninstalling one id go one after the other. */
  readonly #work = new Map<string, Promise<unknown>>()

  /** @internal Use createGlovebox. */
  constructor({ options, scope, store, audit, telemetry, assets, rings, firstRing, createBroker }: BoxParts) {
    super()
    const meters = new Meters({ now: () => performance.now(), subject: options.subject?.limits })
    this.#meters = meters
    this.audit = createAudit(audit)
    this.#recorder = audit
    this.#options = options
    this.#scope = scope
    this.#store = store
    this.#rings = rings
    const sink = createConsoleSink(options.console, options.trust.kind === 'development')
    if (sink) this.addEventListener('log', ({ detail }) => sink(detail))
    const gestures = new GestureWatch({ target: window, now: () => performance.now() })
    scope.defer(() => gestures.dispose())
    const channel = openChannel(options)
    if (channel) scope.defer(() => channel.close())
    this.#broker = createBroker({
      store: store.grants,
      subject: options.subject?.id,
      prompt: options.prompt && reporting(answered(options.prompt, gestures)),
      channel,
      now: Date.now,
      setTimer,
      ...options.rules,
      takeGesture: (key) => this.#running.get(key)?.takeGesture('request') ?? false,
      takePrompt: (key) => this.#running.get(key)?.takePrompt() ?? true,
      onPromptRefused: (key, why) => this.#running.get(key)?.promptRefused(why),
      onChange: (key, status) => this.#running.get(key)?.permissionChanged(status),
      onDecision: ({ identity, digest }, decision) => audit.keep({ extension: identity.id, origin: identity.origin, digest, ...decisionEvent(decision, options.subject?.id) }),
      onUninstall: (permissions, reason) => this.#uninstalledElsewhere(permissions, reason),
      onReport: (key, { name, use }) => this.#running.get(key)?.emit('report', { name, use }),
      onPromptOpen: (key) => this.#running.get(key)?.promptOpened(),
      onPromptClose: (key) => this.#running.get(key)?.promptClosed(),
    })
    scope.defer(() => this.#broker.dispose())
    const openVault = (key?: ExtensionKey): SealedStore => (key === undefined ? store.openVault() : fairSecrets(store.openVault(key), meters.store, key))
    const announce = channel && ((message: unknown): void => {
      if (!scope.isDisposed) channel.postMessage(message)
    })
    const vault = new BoxVault({ open: openVault, isShared: options.store !== 'memory', announce })
    channel?.addEventListener('message', ({ data }) => vault.hear(data))
    this.#vault = vault
    const http = new LazyCapability('http', ['http.fetch'], async () => {
      const [{ createHttpCapability }, secrets] = await Promise.all([import('../capability/http.ts'), vault.secrets()])
      return createHttpCapability({ fetch: (...args) => fetch(...args), setTimer, secrets })
    })
    const functions = new FunctionTable(options.functions, location.origin)
    this.#app = new AppCapabilities(options)
    this.events = this.#app.events
    const methods = methodTable([
      new LazyCapability('storage', ['storage.get', 'storage.set', 'storage.delete', 'storage.list'], async () => {
        const { createStorageCapability } = await import('../capability/storage.ts')
        return createStorageCapability((key) => fairStorage(store.openStorage(key), meters.store, key))
      }),
      new LazyCapability('file', ['file.load', 'file.commit'], async () => {
        const { createFileCapability } = await import('../capability/file.ts')
        return createFileCapability((key) => fairFiles(store.openFiles(key), meters.store, key))
      }),
      new LazyCapability('vault', ['vault.get', 'vault.set', 'vault.delete', 'vault.list'], async () => {
        const { createVaultCapability } = await import('../capability/vault.ts')
        return createVaultCapability(openVault, (key) => vault.changed(key))
      }),
      http,
      new LazyCapability('extension', ['extension.call'], async () => {
        const [{ createExtensionCapability }, links] = await Promise.all([import('../capability/extension.ts'), this.#links()])
        return createExtensionCapability(links)
      }),
      createPermissionCapability((identity) => this.#permissionsOf(identity)),
      functions.capability(),
      ...this.#app.all,
      ...platformCapabilities({
        nameOf: (identity) => this.#running.get(extensionKey(identity))?.pkg.manifest.name ?? '',
        takeGesture: (power, identity) => this.#running.get(extensionKey(identity))?.takeGesture(power) ?? false,
        pause: (identity) => this.#pause(identity),
      }),
    ])
    const { startTimeoutMs, region } = options
    const boot = { methods: [...methods.keys()], startTimeoutMs: options.startTimeoutMs, region: options.region }
    const openRing = (): Promise<Ring> => rings.open()
    const program = (): Promise<Program> => assets.script()
    const spare = new Spare({ openRing, firstRing, program, limits: spareLimits(options.limits), ...boot })
    scope.defer(() => spare.dispose())
    spare.prepare()
    const { prepared } = store
    const wasm = { assets, prepared, lookUp: options.prepared, functions, features: this.#features, openRing, takeRing: () => spare.takeRing(), boot }
    const createRuntime = (pkg: VerifiedPackage, limits: Limits, watch: PrepareWatch): Runtime =>
      pkg.manifest.lane === 'script' ? createScriptRuntime(pkg, limits, { spare, program, prepared, watch }) : new WasmRuntime(pkg, limits, { ...wasm, watch })
    scope.defer(telemetry.observeMemory(() => Promise.all([...this.#running.values()].map((running) => running.memory()))))
    const scrubText = vault.scrubText.bind(vault)
    this.#services = { createRuntime, images: new ImageBudget(), gestures, methods, limits: options.limits, meters, storedBytes: (key) => store.storedBytes(key), boot, audit, telemetry, box: this, scrubText }
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
    this.#throwIfDisposed()
    const { signal } = options
    const parent = this.#services.telemetry.here()
    const { loadSource, verifyPackage } = await import('./package-source.ts')
    const loaded = await loadSource(source, { fetch: (...args) => fetch(...args), ...(signal ? { signal } : {}) })
    const pkg = await verifyPackage(loaded, this.#options.trust)
    const extension = await this.#inOrder(pkg.identity.id, () => this.#install(pkg, sourceUrl(source), parent, options))
    return extension as Extension<E> // the caller's word for its exports
  }

  /**
   * Offers extensions a collection of the app's data, or a capability of the app's own. Resolves when it is there, with what withdraws it.
   *
   * @throws {TypeError} for what is neither, or has a name that is taken
   */
  async provide(provided: ProvidedCollection | ProvidedCapability): Promise<() => void> {
    this.#throwIfDisposed()
    return this.#app.provide(provided)
  }

  /** The installed extension of that id. @throws {PackageError} not-installed */
  get<E = Exports>(id: string): Extension<E> {
    const extension = this.#byId(id)?.extension
    if (extension !== undefined) return extension as Extension<E> // the caller's word
    throw notInstalled(String(id))
  }

  list(): readonly Extension[] {
    return [...this.#running.values()].flatMap(({ extension }) => extension ?? [])
  }

  /** What is granted to whom now. Taking back: `get(extension).permissions.revoke(name)`. */
  grants(): readonly PermissionGrant[] {
    return [...this.#running.values()].flatMap(({ permissions }) => permissions?.grants() ?? [])
  }

  /**
   * The smallest permissions that would have covered what the extension has used in this page, as its manifest lists them.
   * @throws {TypeError} unless opened with `permissions: 'observe'` @throws {PackageError} not-installed
   */
  observed(id: string): readonly Permission[] {
    const { observer } = this.#options.rules
    if (observer === undefined) throw new TypeError("observed() needs a box with permissions: 'observe'.")
    return observer.permissions(extensionKey(this.get(id)))
  }

  /** What `reportOnly` would have denied of what the extension did in this page; nothing without one. @throws {PackageError} not-installed */
  reported(id: string): readonly ReportedUse[] {
    const key = extensionKey(this.get(id))
    return this.#options.rules.trial?.list(key) ?? []
  }

  /** Secrets that extensions may use without seeing them. */
  get vault(): Vault {
    return this.#vault.host
  }

  /** Ends the extension and removes its code, grants, storage and secrets. @throws {PackageError} not-installed, store-failed */
  async uninstall(id: string): Promise<void> {
    this.#throwIfDisposed()
    await this.#inOrder(id, async () => {
      const startedAt = performance.now()
      const running = this.#byId(id)
      const origin = running?.pkg.identity.origin ?? (await this.#store.installed.originOf(id))
      if (origin === undefined) throw notInstalled(String(id))
      const key = extensionKey({ id, origin })
      if (running) this.#end(running, new DisposedError('disposed', `The extension ${id} was uninstalled.`))
      this.#meters.forget(key)
      this.#vault.forget(key)
      await this.#broker.forget(key, () => this.#store.removeExtension(key))
      this.#problems = this.#problems.filter((problem) => problem.id !== id)
      const digest = running?.pkg.digest ?? ''
      await this.#recorder.keep({ kind: 'uninstall', extension: id, origin, digest, outcome: 'ok', duration: performance.now() - startedAt })
      running?.emit('state', { state: 'uninstalled' })
    })
  }

  /** What this page gives its extensions, and what it does not. */
  report(): Report {
    const { trust, store, prompt, given, rules, subject } = this.#options
    const { kind } = this.#rings
    return {
      isolation: { kind, givesUp: GIVEN_UP[kind] },
      store: { kind: store, persists: store === 'indexeddb' },
      trust: { kind: trust.kind, runsUnsigned: trust.kind === 'development' },
      prompt: prompt !== undefined,
      permissions: { mode: given.permissions, policy: rules.policy ?? null, reportOnly: rules.trial?.policy ?? null },
      lanes: {
        script: { engine: 'quickjs-wasm', reason: 'WebAssembly is present' },
        component: chooseWaiting(this.#features),
        core: chooseWaiting(this.#features),
      },
      subject: subject === undefined ? null : { id: subject.id, limits: subject.limits ?? {}, used: this.#meters.subjectUsage() },
      extensions: [...this.#running.values()].map(({ pkg, lifecycle, limits, usedNow }) => ({
        ...pkg.identity, digest: pkg.digest, unsigned: pkg.unsigned, trustKind: pkg.trustKind, lane: pkg.manifest.lane,
        lifetime: pkg.manifest.lifetime, state: lifecycle.state, limits: { asked: pkg.manifest.limits, granted: limits, used: usedNow },
      })),
      problems: [...this.#problems],
    }
  }

  /** What all extensions together use now of the limits of the box's `subject`; empty without one. Cheap enough to be asked every second. */
  async usage(): Promise<Usage> {
    const { subject } = this.#options
    const stored = await this.#store.storedBytes()
    const levels = (['storageBytes', 'fileBytes'] as const).flatMap((name) => {
      const allowed = subject?.limits?.[name]
      return allowed === undefined ? [] : [[name, subjectLevel(stored[name], allowed)] as const]
    })
    return { ...this.#meters.subjectUsage(), ...Object.fromEntries(levels) }
  }

  /** Ends every extension, frame, worker and connection of the box; what is stored stays. Idempotent. */
  dispose(): void {
    const reason = new DisposedError('disposed', 'The box was disposed.')
    for (const running of this.#running.values()) running.end(reason)
    this.#scope.dispose()
  }

  [SYMBOL_DISPOSE](): void {
    this.dispose()
  }

  /** @internal Brings back what was installed in earlier pages. One broken record does not keep the others away. */
  async restore(): Promise<void> {
    const { installed } = this.#store
    // First: an uninstall in between is noticed then.
    const generations = await installed.generations()
    const records = await installed.list()
    await Promise.all(records.map((record) => this.#restoreRecord(record, generations.get(extensionKey(record)) ?? 0)))
  }

  async #restoreRecord(record: InstalledRecord, generation: number): Promise<void> {
    try {
      const { restorePackage } = await import('./package-source.ts')
      const { trust } = this.#options
      const isOtherTrust = record.trustKind !== trust.kind
      const refusal = isOtherTrust ? trustMismatch(record, trust.kind) : undefined
      // Other trust: the bytes are still checked against their digest, so that the list shows what it is that does not start.
      const pkg = await restorePackage(record, { store: this.#store, trust: isOtherTrust ? { kind: 'development' } : trust, fetch: (...args) => fetch(...args) })
      const running = new RunningExtension(pkg, this.#services, refusal)
      this.#add(running, await this.#broker.open(subjectOf(pkg, generation)))
    } catch (error) {
      const { id, origin } = record
      const code = isGloveboxError(error) ? error.code : 'internal'
      this.#problems.push({ id, origin, code, message: error instanceof Error ? error.message : String(error) })
    }
  }

  async #install(pkg: VerifiedPackage, source: string | null, parent: TelemetryContext, { signal, onProgress }: InstallOptions): Promise<Extension> {
    this.#throwIfDisposed()
    const { installed } = this.#store
    const generation = (await installed.generations()).get(pkg.key) ?? 0
    const [owner, replaces] = await Promise.all([installed.originOf(pkg.identity.id), installed.get(pkg.key).then((record) => record?.digest)])
    if (owner !== undefined && owner !== pkg.identity.origin) throw idTaken(pkg.identity, owner)
    const previous = this.#running.get(pkg.key)
    if (previous?.extension && previous.pkg.digest === pkg.digest && previous.pkg.trustKind === pkg.trustKind) {
      await previous.permissions?.requestRequired(signal ? { signal } : {})
      return previous.extension
    }
    if (pkg.manifest.links !== undefined) (await this.#links()).check(pkg.manifest)
    const running = new RunningExtension(pkg, this.#services)
    const kind = owner === undefined ? 'install' : 'update'
    const startedAt = performance.now()
    let permissions: ExtensionPermissions | undefined
    try {
      const { toStored } = await import('./package-source.ts')
      const preparing = running.prepare({ signal, onProgress, parent })
      await Promise.all([preparing, this.#store.packages.put(toStored(pkg))])
      permissions = await this.#broker.admit(subjectOf(pkg, generation), { ...(signal && { signal }), ...(replaces && { replaces }) })
      await this.#record(pkg, source, generation)
      await running.keep({ kind, outcome: 'ok', duration: performance.now() - startedAt })
      await permissions.reload() // was it uninstalled meanwhile, in another tab?
      this.#throwIfDisposed()
    } catch (error) {
      await running.keep({ kind, outcome: isGloveboxError(error) ? error.code : 'internal', duration: performance.now() - startedAt })
      running.end(new DisposedError('disposed', 'The installation failed.'))
      if (permissions) this.#broker.close(permissions)
      throw error
    }
    if (previous) this.#end(previous, new DisposedError('disposed', 'Newer code of the extension was installed.'))
    return this.#add(running, permissions)
  }

  #add(running: RunningExtension, permissions: ExtensionPermissions): Extension {
    const extension = running.open(permissions)
    this.#running.set(running.pkg.key, running)
    permissions.tryInstall()
    return extension
  }

  async #record(pkg: VerifiedPackage, source: string | null, generation: number): Promise<void> {
    const { identity, digest, trustKind } = pkg
    const record = { ...identity, digest, trustKind, source, installedAt: Date.now(), isPinned: source === null }
    const isClaimed = await this.#store.installed.put(record, generation)
    if (isClaimed) return
    throw idTaken(identity, (await this.#store.installed.originOf(identity.id)) ?? 'another origin')
  }

  #end(running: RunningExtension, reason: GloveboxError): void {
    running.end(reason)
    if (running.permissions) this.#broker.close(running.permissions)
    if (this.#running.get(running.pkg.key) === running) this.#running.delete(running.pkg.key)
  }

  #uninstalledElsewhere(permissions: ExtensionPermissions, reason: DisposedError): void {
    const { key } = permissions
    const running = this.#running.get(key)
    if (running?.permissions !== permissions) return // an update that is being installed, which fails
    this.#end(running, reason)
    this.#meters.forget(key)
    this.#vault.forget(key)
    running.emit('state', { state: 'uninstalled' })
  }

  #permissionsOf(identity: ExtensionIdentity): ExtensionPermissions {
    const permissions = this.#running.get(extensionKey(identity))?.permissions
    if (permissions === undefined) throw new DisposedError('disposed', 'The extension has ended.')
    return permissions
  }

  #pause(identity: ExtensionIdentity): () => void {
    const running = this.#running.get(extensionKey(identity))
    running?.promptOpened()
    return () => running?.promptClosed()
  }

  #byId(id: string): RunningExtension | undefined {
    return [...this.#running.values()].find(({ pkg }) => pkg.identity.id === id)
  }

  #links(): Promise<Links> {
    this.#loadedLinks ??= import('./links.ts').then(({ Links }) => new Links((id) => this.#byId(id))).catch((error: unknown) => {
      this.#loadedLinks = undefined
      throw error
    })
    return this.#loadedLinks
  }

  #inOrder<T>(id: string, work: () => Promise<T>): Promise<T> {
    const done = (this.#work.get(id) ?? Promise.resolve()).then(work)
    const settled = done.catch(() => undefined).then(() => {
      if (this.#work.get(id) === settled) this.#work.delete(id)
    })
    this.#work.set(id, settled)
    return done
  }

  #throwIfDisposed(): void {
    if (this.#scope.isDisposed) throw new DisposedError('disposed', 'The box was disposed.')
  }
}

function openChannel(options: ResolvedOptions): BroadcastChannel | undefined {
  if (options.store === 'memory' || typeof BroadcastChannel === 'undefined') return undefined
  return new BroadcastChannel(`glovebox:${options.name}`)
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

/** What the user did to answer is no gesture for the next question. */
function answered(prompt: Prompt, gestures: GestureWatch): Prompt {
  return async (request, options) => {
    const before = gestures.latest()
    const decisions = await prompt(request, options)
    if (!options.signal.aborted) gestures.spendSince(before)
    return decisions
  }
}

/** A dialog that throws is the app's mistake, which its developer looks for in the console. */
function reporting(prompt: Prompt): Prompt {
  return async (request, options) => {
    try {
      return await prompt(request, options)
    } catch (error) {
      if (!options.signal.aborted) reportError(error)
      throw error
    }
  }
}
