/**
 * The broker of a box: what it hears about extensions, and whom it tells of its decisions. The user's gestures and questions are counted at the
 * extension that causes them.
 */
import type { DisposedError } from '../../errors.ts'
import type { PermissionBroker, PermissionBrokerOptions } from '../../permission/broker.ts'
import type { ExtensionPermissions } from '../../permission/extension-permissions.ts'
import type { Prompt } from '../../permission/prompt.ts'
import type { AuditSink } from '../../telemetry/audit-sink.ts'
import { setTimer } from '../../util/timer.ts'
import { decisionEvent } from '../broker/capability-record.ts'
import type { GestureWatch } from '../broker/gesture.ts'
import type { ResolvedOptions } from '../options.ts'
import type { RunningExtensions } from './running-extensions.ts'

export interface BoxBrokerParts {
  readonly create: (options: PermissionBrokerOptions) => PermissionBroker
  readonly options: ResolvedOptions
  readonly store: PermissionBrokerOptions['store']
  readonly running: RunningExtensions
  readonly gestures: GestureWatch
  readonly channel: BroadcastChannel | undefined
  readonly audit: AuditSink
  readonly onUninstall: (permissions: ExtensionPermissions, reason: DisposedError) => void
}

export function createBoxBroker({ create, options, store, running, gestures, channel, audit, onUninstall }: BoxBrokerParts): PermissionBroker {
  const subject = options.subject?.id
  return create({
    store,
    subject,
    prompt: options.prompt && reporting(held(options.prompt, gestures)),
    channel,
    now: Date.now,
    setTimer,
    ...options.rules,
    installationOf: (id) => running.byId(id)?.installation,
    hasGesture: (key) => running.get(key)?.mayAsk() ?? false,
    takePrompt: (asked) => running.get(asked.key)?.takePrompt(asked) ?? true,
    onPromptRefused: (asked, why) => running.get(asked.key)?.promptRefused(asked, why),
    onChange: (key, status) => running.get(key)?.permissionChanged(status),
    onDecision: ({ identity: { id, origin }, digest }, decision) =>
      audit.keep({ extension: id, origin, digest, ...decisionEvent(decision, subject) }),
    onUninstall,
    onReport: (key, { name, use }) => running.get(key)?.emit('report', { name, use }),
    onPromptOpen: (key) => running.get(key)?.promptOpened(),
    onPromptClose: (key) => running.get(key)?.promptClosed(),
  })
}

/** What the user does while it is open is for it alone. Its answer closes it, or the signal. */
function held(prompt: Prompt, gestures: GestureWatch): Prompt {
  return async (request, options) => {
    const release = gestures.hold()
    options.signal.addEventListener('abort', release, { once: true })
    try {
      return await prompt(request, options)
    } finally {
      release()
    }
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
