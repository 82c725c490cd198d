/** A capability's caller without a wire: streams by number, a grant that the test holds. */
import { AppAnswer } from '../../../src/capability/app-code.ts'
import type { Authorization, Capability, CapabilityContext } from '../../../src/capability/capability.ts'
import { CapabilityError } from '../../../src/capability/capability.ts'
import { type LimitError, PermissionError } from '../../../src/errors.ts'
import { Mailboxes } from '../../../src/capability/mailbox.ts'
import type { Gestures } from '../../../src/capability/platform.ts'
import { Secrets } from '../../../src/capability/secrets.ts'
import { createMemoryDatabase } from '../../../src/cache/memory.ts'
import { createStore, type Store } from '../../../src/cache/store.ts'
import type { Meter } from '../../../src/limit/meter.ts'
import { Meters } from '../../../src/limit/meters.ts'
import { extensionKey, type Installation } from '../../../src/manifest/identity.ts'
import { DEFAULT_LIMITS, type Limits } from '../../../src/manifest/limits.ts'
import type { Permission } from '../../../src/manifest/permission.ts'
import { ServedCalls } from '../../../src/host/instance/served-calls.ts'
import { allowsRedirects, covers } from '../../../src/permission/scope/index.ts'
import { decodeValue } from '../../../src/wire/value.ts'

export type Bytes = Uint8Array<ArrayBuffer>

export class FakeCaller implements CapabilityContext {
  identity = { id: 'com.acme.test', origin: 'local' }
  limits: Limits
  readonly permissions: readonly Permission[]
  readonly epoch = new AbortController()
  readonly grant = new AbortController()
  readonly signal = this.epoch.signal
  readonly asked: string[] = []
  readonly sent = new Map<number, ReadableStream<Bytes>>()
  readonly uploads = new Map<number, ReadableStream<Bytes>>()

  readonly #meters: Meters

  /** @param meters  shared by callers that are to be counted together */
  constructor(permissions: readonly Permission[], limits: Partial<Limits> = {}, meters: Meters = metersOf()) {
    this.permissions = permissions
    this.#meters = meters
    this.limits = { ...DEFAULT_LIMITS, ...limits }
  }

  get installation(): Installation {
    return { key: extensionKey(this.identity), generation: 0 }
  }

  get meter(): Meter {
    return this.#meters.open(extensionKey(this.identity), this.limits)
  }

  readonly provenance = new ServedCalls({ isSerial: false, startedFor: [] })
  readonly waiting = (): (() => void) => () => undefined

  readonly authorize: CapabilityContext['authorize'] = async (name, use): Promise<Authorization> => {
    this.asked.push(name)
    const permission = this.permissions.find((other) => other.name === name && covers(other, use))
    if (permission === undefined) throw new PermissionError('permission-denied', 'no')
    const { signal } = this.grant
    return { signal, redirects: allowsRedirects(permission), covers: (other) => !signal.aborted && covers(permission, other) }
  }

  /** What the guest's instance keeps. */
  readonly kept: Authorization[] = []
  readonly keepFiles = (grant: Authorization): void => void this.kept.push(grant)

  /** What the call's row in the audit log would say. */
  readonly facts: Record<string, string | number | boolean> = {}
  readonly note: CapabilityContext['note'] = (facts) => void Object.assign(this.facts, facts)

  /** What it was for, says its row, besides what was asked. */
  readonly used: string[] = []
  readonly uses: CapabilityContext['uses'] = (name) => void this.used.push(name)

  /** Limits that the host was told of, once each. */
  readonly told = new Set<LimitError>()
  readonly limited = (error: LimitError): void => void this.told.add(error)

  readonly sendStream = (source: ReadableStream<Bytes>): number => {
    this.sent.set(this.sent.size, source)
    return this.sent.size - 1
  }

  readonly receiveStream = (id: number): ReadableStream<Bytes> => {
    const stream = this.uploads.get(id)
    if (stream === undefined) throw new CapabilityError('invalid-argument', 'no such stream')
    this.uploads.delete(id)
    return stream
  }

  revoke(): void {
    this.grant.abort(new PermissionError('permission-revoked', 'revoked'))
  }

  body(reply: unknown): ReadableStream<Bytes> {
    const stream = this.sent.get(Number((reply as { body: unknown }).body))
    if (stream === undefined) throw new Error('The reply has no body.')
    return stream
  }
}

/** Of a user who is active when that says so, and never at a loss for another gesture. */
export function gesturesOf(isActive: () => boolean): Gestures {
  return { isActive, take: isActive }
}

/** Never asked for another turn, as the clock of `metersOf` stands still. */
export function mailboxes(): Mailboxes {
  return new Mailboxes(() => () => undefined)
}

/** Buckets of no subject; the clock stands still unless one is given. */
export function metersOf(now: () => number = () => 0): Meters {
  return new Meters({ now, subject: undefined })
}

export async function call(capability: Capability, caller: CapabilityContext, method: string, ...args: readonly unknown[]): Promise<unknown> {
  const run = capability.methods.get(method)
  if (run === undefined) throw new Error(`There is no ${method}.`)
  const result = await run(args, caller)
  return result instanceof AppAnswer ? decodeValue(result.payload) : result
}

export function memoryStore(): Store {
  return createStore(createMemoryDatabase(), { kind: 'memory' })
}

export function noSecrets(): Secrets {
  const store = memoryStore()
  return new Secrets((owner) => store.openVault(owner), { staleMs: undefined, now: () => 0 })
}

export function codeOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'resolved',
    (error: { code?: unknown }) => error.code ?? error,
  )
}

export function streamOf(...chunks: readonly Bytes[]): ReadableStream<Bytes> & { readonly state: { cancelled: boolean } } {
  const state = { cancelled: false }
  const rest = [...chunks]
  const stream = new ReadableStream<Bytes>(
    {
      pull: (controller) => {
        const next = rest.shift()
        if (next === undefined) controller.close()
        else controller.enqueue(next)
      },
      cancel: () => void (state.cancelled = true),
    },
    { highWaterMark: 0 },
  )
  return Object.assign(stream, { state })
}

export async function sizeOf(stream: ReadableStream<Bytes>): Promise<number> {
  let size = 0
  for await (const chunk of stream as unknown as AsyncIterable<Bytes>) size += chunk.byteLength // Node's streams are iterable
  return size
}
