/**
 * The composition root: makes the parts of a box, each with what it needs of the others, and knows nothing of what they do. The teardowns run in
 * reverse of the order here.
 */
import type { Store } from '../../cache/store.ts'
import { FunctionTable } from '../../capability/function.ts'
import type { OpenVault } from '../../capability/secrets.ts'
import { probeFeatures } from '../../engine/features.ts'
import { Meters } from '../../limit/meters.ts'
import type { PermissionBroker, PermissionBrokerOptions } from '../../permission/broker.ts'
import type { AuditRecorder } from '../../telemetry/audit.ts'
import type { Telemetry } from '../../telemetry/telemetry.ts'
import type { DisposeStack } from '../../util/dispose.ts'
import { loadOnce } from '../../util/load-once.ts'
import { AppCapabilities } from './app-capabilities.ts'
import type { Assets } from '../runtime/assets.ts'
import { createBoxBroker } from './box-broker.ts'
import { boxMethods } from './box-capabilities.ts'
import { createRuntimes } from './box-runtimes.ts'
import { BoxVault } from '../broker/box-vault.ts'
import { createConsoleSink } from '../dev-console.ts'
import { fairSecrets } from '../broker/fair-store.ts'
import { GestureWatch } from '../broker/gesture.ts'
import { Glovebox } from './glovebox.ts'
import { ImageBudget } from '../instance/image-budget.ts'
import { Installer } from './installer.ts'
import type { ResolvedOptions } from '../options.ts'
import { createRecorder, createTelemetry } from './recorder.ts'
import type { Rings } from './rings.ts'
import type { RunningServices } from '../extension/running-extension.ts'
import { RunningExtensions } from './running-extensions.ts'

export interface BoxParts {
  readonly options: ResolvedOptions
  readonly scope: DisposeStack
  readonly store: Store
  readonly assets: Assets
  readonly rings: Rings
  readonly firstRing: ReturnType<Rings['open']>
  readonly createBroker: (options: PermissionBrokerOptions) => PermissionBroker
}

/** Takes ownership of the store. What was installed earlier is not back yet. */
export async function composeBox(parts: BoxParts): Promise<Glovebox> {
  const { options, scope, store } = parts
  const telemetry = await createTelemetry(options)
  const audit = createRecorder(options, store)
  scope.defer(() => audit.close(() => store.dispose()))
  return compose(parts, audit, telemetry)
}

function compose(parts: BoxParts, audit: AuditRecorder, telemetry: Telemetry): Glovebox {
  const { options, scope, store, rings } = parts
  const running = new RunningExtensions()
  const meters = new Meters({ now: () => performance.now(), subject: options.subject?.limits })
  const gestures = new GestureWatch({ target: window, now: () => performance.now() })
  scope.defer(() => gestures.dispose())
  const channel = openChannel(options)
  if (channel) scope.defer(() => channel.close())
  const broker = createBoxBroker({
    create: parts.createBroker, options, store: store.grants, running, gestures, channel, audit,
    onUninstall: (permissions, reason) => installer.uninstalledElsewhere(permissions, reason),
  })
  scope.defer(() => broker.dispose())
  const vault = createVault(parts, meters, channel)
  const links = loadOnce(async () => new (await import('../link/links.ts')).Links((id) => running.byId(id)))
  const functions = new FunctionTable(options.functions, location.origin, (error) => reportError(error))
  const app = new AppCapabilities(options)
  const methods = boxMethods({ store, meters, running, vault, links, ofApp: [functions.capability(), ...app.all] })
  const boot = { methods: [...methods.keys()], startTimeoutMs: options.startTimeoutMs, region: options.region }
  const features = probeFeatures(globalThis)
  const createRuntime = createRuntimes({ ...parts, prepared: store.prepared, functions, features, boot })
  scope.defer(telemetry.observeMemory(() => Promise.all(running.all.map((one) => one.memory()))))
  const services: RunningServices = {
    createRuntime, images: new ImageBudget(), gestures, methods, limits: options.limits, meters, meterOf: (id) => running.byId(id)?.meter, boot, audit, telemetry,
    storedBytes: (key) => store.storedBytes(key),
    scrubText: (key, text) => vault.scrubText(key, text),
    repeat: (event) => box.dispatchEvent(event),
  }
  const installer = new Installer({ scope, trust: options.trust, store, audit, broker, running, services, vault, links })
  const box = new Glovebox({ options, scope, store, audit, rings, features, meters, running, installer, app, vault: vault.host })
  const sink = createConsoleSink(options.console, options.trust.kind === 'development')
  if (sink) box.addEventListener('log', ({ detail }) => sink(detail))
  return box
}

function openChannel(options: ResolvedOptions): BroadcastChannel | undefined {
  if (options.store === 'memory' || typeof BroadcastChannel === 'undefined') return undefined
  return new BroadcastChannel(`glovebox:${options.name}`)
}

function createVault({ options, scope, store }: BoxParts, meters: Meters, channel: BroadcastChannel | undefined): BoxVault {
  const open: OpenVault = (owner, grant) =>
    owner === undefined ? store.openVault() : fairSecrets(store.openVault(owner, grant), { queue: meters.store, key: owner.key, grant })
  const announce = channel && ((message: unknown): void => {
    if (!scope.isDisposed) channel.postMessage(message)
  })
  const vault = new BoxVault({ open, isShared: options.store !== 'memory', announce })
  channel?.addEventListener('message', ({ data }) => vault.hear(data))
  return vault
}
