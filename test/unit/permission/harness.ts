/** A broker with a clock, a store and a dialog that the test holds. */
import type { Digest } from '../../../src/manifest/digest.ts'
import { parseDigest } from '../../../src/manifest/digest.ts'
import { PackageError } from '../../../src/errors.ts'
import type { ExtensionKey, Installation } from '../../../src/manifest/identity.ts'
import type { Permission } from '../../../src/manifest/permission.ts'
import type { GrantChannel } from '../../../src/permission/broker.ts'
import { PermissionBroker } from '../../../src/permission/broker.ts'
import type { PermissionSubject } from '../../../src/permission/extension-permissions.ts'
import type { GrantRecord, GrantStore } from '../../../src/permission/grant.ts'
import type { PermissionObserver } from '../../../src/permission/observer.ts'
import type { PromptRequest } from '../../../src/permission/prompt.ts'
import type { HostPolicy } from '../../../src/manifest/policy.ts'
import type { PolicyTrial, ReportedUse } from '../../../src/permission/trial.ts'
import type { SetTimer } from '../../../src/util/timer.ts'

export const DIGEST_1: Digest = parseDigest(`sha256:${'1'.repeat(64)}`)
export const DIGEST_2: Digest = parseDigest(`sha256:${'2'.repeat(64)}`)

export const READ: Permission = { name: 'http:read', scope: { origins: ['https://api.example.com'], redirects: false }, reason: 'to read' }
export const STORE: Permission = { name: 'storage:read', scope: { prefixes: ['notes/'] }, reason: 'to remember' }
export const USE = { kind: 'http', origin: 'https://api.example.com', method: 'GET', path: '/' } as const
export const NOTE = { kind: 'storage', key: 'notes/1' } as const

export function subjectOf(changes: Partial<PermissionSubject> = {}): PermissionSubject {
  return {
    identity: { id: 'com.acme.weather', origin: 'https://acme.example/x/' },
    digest: DIGEST_1,
    generation: 0,
    name: 'Weather',
    unsigned: true,
    required: [],
    optional: [READ, STORE],
    ...changes,
  }
}

export class FakeClock {
  ms = 1_000_000
  readonly #timers = new Set<{ at: number; run: () => void }>()

  readonly now = (): number => this.ms
  readonly setTimer: SetTimer = (run, ms) => {
    const timer = { at: this.ms + ms, run }
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  get pending(): number {
    return this.#timers.size
  }

  pass(ms: number): void {
    this.ms += ms
    for (const timer of [...this.#timers]) {
      if (timer.at > this.ms) continue
      this.#timers.delete(timer)
      timer.run()
    }
  }
}

export class MemoryGrants implements GrantStore {
  readonly rows = new Map<string, unknown>()
  readonly generations = new Map<ExtensionKey, number>()
  failure: Error | undefined
  reads = 0

  async listFor(key: ExtensionKey): Promise<{ generation: number; records: readonly unknown[] }> {
    await this.#turn()
    this.reads++
    const records = [...this.rows].filter(([slot]) => slot.startsWith(`${key}\n`)).map(([, row]) => structuredClone(row))
    return { generation: this.generations.get(key) ?? 0, records }
  }

  async put(installation: Installation, records: readonly GrantRecord[]): Promise<void> {
    await this.#turn(installation)
    for (const record of records) {
      if (record.state === 'revoked') {
        for (const [slot, row] of this.rows) {
          const other = row as GrantRecord // the test's own
          if (other.key === record.key && other.name === record.name && other.state === 'granted') this.rows.delete(slot)
        }
      }
      this.rows.set(`${record.key}\n${record.name}\n${record.digest}`, structuredClone(record))
    }
  }

  async delete(installation: Installation, name: string, digest: Digest): Promise<void> {
    await this.#turn(installation)
    this.rows.delete(`${installation.key}\n${name}\n${digest}`)
  }

  async uninstall(key: ExtensionKey): Promise<void> {
    await this.#turn()
    for (const slot of [...this.rows.keys()]) if (slot.startsWith(`${key}\n`)) this.rows.delete(slot)
    this.generations.set(key, (this.generations.get(key) ?? 0) + 1)
  }

  async #turn(installation?: Installation): Promise<void> {
    await Promise.resolve()
    if (this.failure !== undefined) throw this.failure
    if (installation === undefined || installation.generation === (this.generations.get(installation.key) ?? 0)) return
    throw new PackageError('not-installed', 'The extension was uninstalled.')
  }
}

/** One dialog after another, each answered by the test. */
export class FakeDialogs {
  readonly shown: {
    readonly request: PromptRequest
    readonly signal: AbortSignal
    readonly answer: (value: unknown) => void
    readonly fail: (error: unknown) => void
  }[] = []
  /** When set, every dialog is answered at once. */
  automatic: unknown
  openNow = 0

  readonly prompt = (request: PromptRequest, { signal }: { signal: AbortSignal }): Promise<never> => {
    this.openNow++
    const answer = new Promise<unknown>((resolve, reject) => {
      this.shown.push({ request, signal, answer: resolve, fail: reject })
      if (this.automatic !== undefined) resolve(this.automatic)
    }).finally(() => this.openNow--)
    return answer as Promise<never> // answers of any form are the point of these tests
  }

  get last(): FakeDialogs['shown'][number] {
    const last = this.shown.at(-1)
    if (last === undefined) throw new Error('No dialog was shown.')
    return last
  }
}

/** Channels of several tabs: each hears the others, not itself. */
export class FakeChannels {
  readonly #tabs = new Set<Set<(event: MessageEvent) => void>>()
  messages: unknown[] = []

  open(): GrantChannel {
    const listeners = new Set<(event: MessageEvent) => void>()
    this.#tabs.add(listeners)
    return {
      postMessage: (data: unknown) => {
        this.messages.push(data)
        for (const tab of this.#tabs) if (tab !== listeners) for (const listener of tab) listener({ data } as MessageEvent)
      },
      addEventListener: (_: string, listener: unknown) => void listeners.add(listener as never),
      removeEventListener: (_: string, listener: unknown) => void listeners.delete(listener as never),
    }
  }
}

export interface Tab {
  readonly broker: PermissionBroker
  readonly dialogs: FakeDialogs
  readonly changes: string[]
  readonly opened: string[]
  /** What another tab ended, and with which message. */
  readonly uninstalled: string[]
}

interface Watchers {
  readonly trial?: PolicyTrial
  readonly observer?: PermissionObserver
  readonly onReport?: (reported: ReportedUse) => void
  readonly onDecision?: () => Promise<void>
}

export function openTab(
  options: { clock?: FakeClock; store?: GrantStore; channel?: GrantChannel; prompt?: 'none'; policy?: HostPolicy; hasGesture?: () => boolean } & Watchers = {},
): Tab & { clock: FakeClock; store: MemoryGrants } {
  const clock = options.clock ?? new FakeClock()
  const store = options.store ?? new MemoryGrants()
  const dialogs = new FakeDialogs()
  const changes: string[] = []
  const opened: string[] = []
  const uninstalled: string[] = []
  const broker = new PermissionBroker({
    store,
    channel: options.channel,
    now: clock.now,
    setTimer: clock.setTimer,
    prompt: options.prompt === 'none' ? undefined : dialogs.prompt,
    ...(options.policy && { policy: options.policy }),
    ...(options.hasGesture && { hasGesture: options.hasGesture }),
    ...(options.trial && { trial: options.trial }),
    ...(options.observer && { observer: options.observer }),
    ...(options.onDecision && { onDecision: options.onDecision }),
    onReport: (_, reported) => options.onReport?.(reported),
    onChange: (_, { name, state }) => changes.push(`${name} ${state}`),
    onUninstall: ({ key }, { message }) => uninstalled.push(`${key}: ${message}`),
    onPromptOpen: () => opened.push('open'),
    onPromptClose: () => opened.push('close'),
  })
  return { broker, dialogs, changes, opened, uninstalled, clock, store: store as MemoryGrants }
}

/** Lets everything that can go on without the test go on. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve()
}

/** The code that a promise rejects with, or `'resolved'`. */
export function codeOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'resolved',
    (error: { code?: unknown }) => error.code,
  )
}
