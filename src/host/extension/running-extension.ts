/** Puts one extension together: lifecycle, permissions, log, capability calls, events. What calls as this extension does so through its instances. */
import type { CapabilityMethod } from '../../capability/capability.ts'
import type { PlatformPower } from '../../capability/platform.ts'
import type { GloveboxError } from '../../errors.ts'
import { LimitError, WireError } from '../../errors.ts'
import type { ExtensionMeter, ServingMeter } from '../../limit/meter.ts'
import type { Meters } from '../../limit/meters.ts'
import type { Usage } from '../../limit/usage.ts'
import type { ExtensionKey } from '../../manifest/identity.ts'
import { type Limits, resolveLimits } from '../../manifest/limits.ts'
import type { VerifiedPackage } from '../../package/verified-package.ts'
import type { AuditEvent } from '../../telemetry/audit-row.ts'
import type { AuditSink } from '../../telemetry/audit-sink.ts'
import type { MemoryReading, Telemetry, TelemetryContext } from '../../telemetry/telemetry.ts'
import type { ExtensionPermissions } from '../../permission/extension-permissions.ts'
import type { AskedFor } from '../../permission/prompt-queue.ts'
import type { PermissionStatus } from '../../permission/status.ts'
import { setTimer } from '../../util/timer.ts'
import type { Payload, Outcome } from '../../wire/payload.ts'
import type { DeadlineSet } from '../call/call.ts'
import { type Asker, callerOf, type CallingExtension, servedFor, type Serving } from '../broker/caller.ts'
import { runCapability } from '../broker/capability-call.ts'
import type { OwnEvent } from '../broker/capability-record.ts'
import type { GloveboxEventMap } from '../events.ts'
import { Extension } from './extension.ts'
import { ExtensionTelemetry } from './extension-telemetry.ts'
import type { Gesture, GestureWatch } from '../broker/gesture.ts'
import type { ImageBudget } from '../instance/image-budget.ts'
import { limitError } from '../instance/guest-limit.ts'
import { Lifecycle, type LifecycleOptions } from '../instance/lifecycle.ts'
import { LimitReports } from './limit-reports.ts'
import type { LinkedPool } from '../instance/linked-pool.ts'
import { LogReceiver } from './log.ts'
import { PendingCalls } from '../instance/pending-calls.ts'
import { PromptPause } from './prompt-pause.ts'
import type { PrepareContext, PrepareWatch, Runtime } from '../instance/runtime.ts'
import { capped, isSerial, ServedCalls } from '../instance/served-calls.ts'

export interface RunningServices {
  readonly createRuntime: (pkg: VerifiedPackage, limits: Limits, watch: PrepareWatch) => Runtime
  readonly images: ImageBudget
  readonly gestures: GestureWatch
  readonly methods: ReadonlyMap<string, CapabilityMethod>
  readonly limits: Partial<Limits>
  readonly meters: Meters
  /** Of what is installed now under that id. */
  readonly meterOf: (id: string) => ExtensionMeter | undefined
  /** What an extension keeps. */
  readonly storedBytes: (key: ExtensionKey) => Promise<{ readonly storageBytes: number; readonly fileBytes: number }>
  readonly boot: LifecycleOptions['boot']
  readonly audit: AuditSink
  readonly telemetry: Telemetry
  /** Of a log line, what is secret. */
  readonly scrubText: (key: ExtensionKey, text: string) => string
  /** Dispatches an event of an extension's on the box, too. */
  readonly repeat: (event: Event) => void
}

/** Their arguments hold values of the guest's own; all others are names, numbers and headers. */
const VALUE_CARRIERS: ReadonlySet<string> = new Set(['storage.set', 'file.commit', 'function.call', 'host.call', 'extension.call'])

export class RunningExtension {
  readonly pkg: VerifiedPackage
  readonly limits: Limits
  readonly meter: ExtensionMeter
  /** Of the instances that serve the app. */
  readonly lifecycle: Lifecycle
  /** Those that serve other extensions, by what they may use for them. */
  readonly linked = new Map<string, LinkedPool>()
  readonly calls: PendingCalls
  readonly deadlines: DeadlineSet = new Set()
  readonly #services: RunningServices
  readonly #runtime: Runtime
  readonly #telemetry: ExtensionTelemetry
  readonly #log: LogReceiver
  readonly #refusal: GloveboxError | undefined
  readonly #limitReports: LimitReports
  readonly #calling: CallingExtension
  readonly #pause: PromptPause
  /** Settles when what had to be recorded at once is. */
  #recorded: Promise<void> = Promise.resolve()
  /** The last one because of which it was called. */
  #gesture: Gesture | undefined
  #permissions: ExtensionPermissions | undefined
  #extension: Extension | undefined

  /** @param refusal  why it must not start, where that is so */
  constructor(pkg: VerifiedPackage, services: RunningServices, refusal?: GloveboxError) {
    this.pkg = pkg
    this.#services = services
    this.limits = resolveLimits(pkg.manifest.limits, services.limits)
    this.meter = services.meters.open(pkg.key, this.limits)
    this.#telemetry = new ExtensionTelemetry(services.telemetry, pkg)
    this.#limitReports = new LimitReports({
      setTimer,
      meter: this.meter,
      keep: (event) => this.keep(event),
      count: (limit) => this.#telemetry.limit(limit),
      emit: (detail) => this.emit('limit', detail),
    })
    this.calls = new PendingCalls((name, parent) => this.#telemetry.call(name, parent), () => this.#calledByApp())
    this.#runtime = services.createRuntime(pkg, this.limits, this.#telemetry.watch)
    this.#refusal = refusal
    this.#log = new LogReceiver({
      take: (bytes, isForOthers) => this.#meterFor(isForOthers ? [] : undefined).tryTake('logBytesPerSecond', bytes),
      scrub: (text) => services.scrubText(pkg.key, text),
      isCall: (id) => this.calls.wasOpened(id),
      onLine: (line) => this.emit('log', line),
      onLoss: (onBehalfOf) => this.#limitReports.reportOfGuest(limitError('logBytesPerSecond'), 1, onBehalfOf),
    })
    this.#calling = this.#createCalling()
    this.lifecycle = this.createLifecycle()
    this.#pause = new PromptPause(this.deadlines, () => [this.lifecycle, ...this.#linkedLifecycles()].flatMap(({ instances }) => instances))
  }

  /** For the app, or for other extensions. */
  createLifecycle(serving?: Serving): Lifecycle {
    const others = (): readonly string[] | undefined => serving && capped(serving.waiting().flatMap(({ callers }) => callers))
    return new Lifecycle({
      lifetime: this.pkg.manifest.lifetime,
      limits: this.limits,
      runtime: serving === undefined ? this.#runtime : serving.restrict(this.#runtime),
      images: this.#services.images,
      boot: this.#services.boot,
      meter: this.#meterFor(serving && []),
      principal: {
        capability: (method, args, conversation, served) => this.#answer(method, args, { conversation, served, serving }),
        log: (args) => this.#log.receive(args, others()),
        scrub: (text) => this.#services.scrubText(this.pkg.key, text),
        limitMet: ({ limit, times }) => this.#limitReports.reportOfGuest(limitError(limit), times, others()),
      },
      openServed: () => new ServedCalls({ isSerial: isSerial(this.pkg.manifest), startedFor: serving?.waiting() ?? [] }),
      emit: (name, detail) => {
        if (serving === undefined) this.emit(name, detail)
      },
      onLimit: (error) => this.#limitReports.report(error, others()),
      onStart: () => this.#started(others()),
      onKill: ({ code }) => void this.keep(servedFor(others(), { kind: 'kill', outcome: code })),
      refusal: this.#refusal,
    })
  }

  /** Before the first start of new code. @throws as Runtime.prepare */
  prepare({ parent, ...context }: Omit<PrepareContext, 'workbench'> & { readonly parent?: TelemetryContext }): Promise<void> {
    return this.#telemetry.prepare(parent, () => this.#runtime.prepare({ ...context, workbench: this.lifecycle }))
  }

  /** Of all instances that answer, by their own word; undefined where none runs. */
  async memory(): Promise<MemoryReading | undefined> {
    const instances = [this.lifecycle, ...this.#linkedLifecycles()].flatMap((lifecycle) => lifecycle.instances)
    const stats = await Promise.all(instances.map((instance) => instance.stats().catch(() => undefined)))
    return stats.length === 0 ? undefined : { extension: this.pkg.identity.id, bytes: stats.reduce((sum, one) => sum + (one?.memoryBytes ?? 0), 0) }
  }

  get permissions(): ExtensionPermissions | undefined {
    return this.#permissions
  }

  /** This one, until it is uninstalled; undefined before it is admitted. */
  get installation(): string | undefined {
    return this.#permissions && `${this.pkg.identity.origin}\n${this.#permissions.installation.generation}`
  }

  get extension(): Extension | undefined {
    return this.#extension
  }

  /** The public object, once permissions are known. */
  open(permissions: ExtensionPermissions): Extension {
    this.#permissions = permissions
    this.meter.setLimits(this.limits)
    const { identity, digest, manifest } = this.pkg
    this.#extension = new Extension({
      ...identity, digest, manifest, limits: this.limits, lifecycle: this.lifecycle, linked: () => this.#linkedLifecycles(), permissions,
      calls: this.calls, deadlines: this.deadlines, usage: () => this.#usage(),
      onFailure: (error) => this.reportFailure(error),
    })
    return this.#extension
  }

  /** What is known without asking anybody. */
  get usedNow(): Usage {
    const { meter, lifecycle } = this
    return { ...meter.usage(), maxInstances: meter.level('maxInstances', lifecycle.instances.length), queuedCalls: meter.level('queuedCalls', lifecycle.queued) }
  }

  /** May its guest ask the user of its own accord? */
  mayAsk(): boolean {
    return this.#gestures().some((gesture) => this.#services.gestures.buysDialog(gesture))
  }

  /** May its guest have that power for what the user has just done in the page? Once for each gesture. */
  takeGesture(power: PlatformPower): boolean {
    return this.#gestures().some((gesture) => gesture.take(power, this.pkg.key))
  }

  /** Another extension, called because of that gesture, calls this one. */
  calledBy({ currentGesture: gesture }: RunningExtension): void {
    if (gesture !== undefined && gesture.at > (this.#gesture?.at ?? -Infinity)) this.#lend(gesture)
  }

  /** What it is called for, as long as that is good. */
  get currentGesture(): Gesture | undefined {
    return this.#gesture && this.#services.gestures.isGood(this.#gesture) ? this.#gesture : undefined
  }

  /** May its guest cause another question to the user? */
  takePrompt({ payers, request }: AskedFor): boolean {
    try {
      this.#meterFor(payers).take('promptsPerMinute')
      return true
    } catch (error) {
      if (error instanceof LimitError) this.#limitReports.reportOfGuest(error, 1, payers && request.onBehalfOf)
      return false
    }
  }

  /** A question to the user was not asked. */
  promptRefused({ payers, request }: AskedFor, why: 'flood' | 'queue-full'): void {
    const error = why === 'flood'
      ? new LimitError('rate-limit', 'The extension asked too often for what it may use; the user was not asked.')
      : new LimitError('queue-full', 'Too many questions of the extension\'s wait for the user.')
    this.#limitReports.reportOfGuest(error, 1, payers && request.onBehalfOf)
  }

  promptOpened(): void {
    this.#pause.open()
  }

  promptClosed(): void {
    this.#pause.close()
  }

  permissionChanged({ name, state }: PermissionStatus): void {
    this.emit('permission', { name, state })
  }

  emit<Name extends keyof GloveboxEventMap>(name: Name, detail: Omit<GloveboxEventMap[Name]['detail'], 'extension'>): void {
    const full = Object.freeze({ extension: this.pkg.identity.id, ...detail })
    this.#extension?.dispatchEvent(new CustomEvent(name, { detail: full }))
    this.#services.repeat(new CustomEvent(name, { detail: full }))
  }

  record(event: OwnEvent): void {
    this.#services.audit.record(this.#own(event))
  }

  /** Resolves when it is on the disk, and all that was kept before it; never rejects. */
  keep(event: OwnEvent): Promise<void> {
    this.#recorded = this.#services.audit.keep(this.#own(event))
    return this.#recorded
  }

  /** Ends everything that runs for it. Idempotent. */
  end(reason: GloveboxError): void {
    this.#pause.dispose()
    this.#limitReports.end()
    if (this.#extension) this.#extension.end(reason)
    else this.lifecycle.dispose(reason)
  }

  async #usage(): Promise<Usage> {
    const { storageBytes, fileBytes } = await this.#services.storedBytes(this.pkg.key)
    return { ...this.usedNow, storageBytes: this.meter.level('storageBytes', storageBytes), fileBytes: this.meter.level('fileBytes', fileBytes) }
  }

  #calledByApp(): void {
    const gesture = this.#services.gestures.latest()
    if (gesture !== undefined) this.#lend(gesture)
  }

  #lend(gesture: Gesture): void {
    gesture.lend(this.pkg.key)
    this.#gesture = gesture
  }

  #gestures(): readonly Gesture[] {
    return [this.currentGesture, this.#services.gestures.unlent()].filter((gesture) => gesture !== undefined)
  }

  #linkedLifecycles(): readonly Lifecycle[] {
    return [...this.linked.values()].map(({ lifecycle }) => lifecycle)
  }

  async #answer(name: string, args: Payload, asker: Asker): Promise<Outcome> {
    const method = this.#services.methods.get(name)
    if (method === undefined) throw new WireError('malformed-message', "The guest's side called an unknown method.")
    const caller = callerOf(this.#calling, asker)
    return runCapability({ name, method, carriesValue: VALUE_CARRIERS.has(name), payload: args, caller, conversation: asker.conversation })
  }

  /** @param payers  ids of those it works for; undefined: for the app */
  #meterFor(payers: readonly string[] | undefined): ServingMeter {
    return payers === undefined ? this.meter : this.meter.forOthers(payers.flatMap((id) => this.#services.meterOf(id) ?? []))
  }

  #createCalling(): CallingExtension {
    return {
      identity: this.pkg.identity, limits: this.limits, meterFor: (payers) => this.#meterFor(payers), keepsFiles: this.pkg.manifest.lane !== 'script',
      permissions: () => this.#permissions,
      scrub: (text) => this.#services.scrubText(this.pkg.key, text),
      record: (event) => this.record(event),
      keep: (event) => this.keep(event),
      onLimit: (error, onBehalfOf) => {
        this.#limitReports.reportOfGuest(error, 1, onBehalfOf)
        return this.#recorded
      },
      begin: (method, conversation) => this.#telemetry.capability(method, this.calls, conversation),
    }
  }

  #started(onBehalfOf: readonly string[] | undefined): (outcome: string) => void {
    const startedAt = performance.now()
    const operation = this.#telemetry.start(this.calls)
    return (outcome) => {
      operation.end(outcome)
      this.record(servedFor(onBehalfOf, { kind: 'start', outcome, duration: performance.now() - startedAt }))
    }
  }

  /** Of a call by the app. Resolves when what had to be recorded at once is. */
  reportFailure(error: unknown): Promise<void> {
    this.#limitReports.report(error)
    return this.#recorded
  }

  /** Of a call by another extension, which may make them in a loop. Resolves when what had to be recorded at once is. */
  reportLinkedFailure(error: unknown, onBehalfOf: readonly string[]): Promise<void> {
    this.#limitReports.reportOfGuest(error, 1, onBehalfOf)
    return this.#recorded
  }

  #own(event: OwnEvent): AuditEvent {
    const { identity, digest } = this.pkg
    return { extension: identity.id, origin: identity.origin, digest, ...event }
  }
}
