/** The globals in Node without a VM: a bridge whose ops are the worker's real delegates, and capabilities that the test gives. */
import type { Bridge, BridgeValue, DelegateContext, GuestSink, GuestSource } from '../../../../src/guest/script/bridge.ts'
import { KeptFiles } from '../../../../src/guest/fs/kept-files.ts'
import { DELEGATES } from '../../../../src/guest/script/delegate/index.ts'
import { GLOBALS } from '../../../../src/guest/script/global/index.ts'

export interface Harness {
  readonly bridge: Bridge
  // Tests use the globals as a guest would, without types.
  // oxlint-disable-next-line no-explicit-any
  readonly globals: Record<string, any>
  readonly logged: [level: string, text: string][]
  readonly reported: unknown[]
  readonly handles: Map<number, object>
  readonly sent: Map<number, { chunks: Uint8Array[]; ended: boolean; failed: string | undefined }>
  readonly sources: Map<number, GuestSource>
  endEpoch(): void
}

export interface HarnessOptions {
  readonly timers?: number
  readonly capability?: (method: string, args: readonly unknown[]) => Promise<unknown>
}

export function createHarness(options: HarnessOptions = {}): Harness {
  const listeners = new Map<string, (...args: BridgeValue[]) => void>()
  const teardowns: (() => void)[] = []
  const handles = new Map<number, object>()
  const answers = new Map<number, (result: Promise<BridgeValue>) => void>()
  const state = { handle: 0, stream: 0, request: 0 }
  const harness: Harness = {
    bridge: createBridge(),
    globals: {},
    logged: [],
    reported: [],
    handles,
    sent: new Map(),
    sources: new Map(),
    endEpoch: () => {
      for (const teardown of teardowns.splice(0)) teardown()
      handles.clear()
    },
  }
  const context: DelegateContext = {
    handles: {
      add: (value) => {
        state.handle += 1
        handles.set(state.handle, value)
        return state.handle
      },
      get: (id) => {
        const value = handles.get(Number(id))
        if (value === undefined) throw new Error('invalid-handle')
        return value
      },
      remove: (id) => void handles.delete(Number(id)),
    },
    emit: (event, ...args) => listeners.get(event)?.(...args),
    answer: (id, result) => void answers.get(Number(id))?.(result),
    onEpochEnd: (teardown) => void teardowns.push(teardown),
    limits: { timers: options.timers ?? 128, handles: 10_000 },
    region: { locale: 'en-US', timeZone: 'UTC' },
    files: new KeptFiles((method, args) => options.capability?.(method, args) ?? Promise.reject(new Error(`no capability ${method}`))),
    log: (level, text) => harness.logged.push([level, text]) > 0,
  }

  function createBridge(): Bridge {
    const ops = new Map(DELEGATES.flatMap((delegate) => [...delegate]))
    return {
      call: (op, ...args) => {
        const run = ops.get(op)
        if (run === undefined) throw new Error(`no op ${op}`)
        return run(args, context)
      },
      request: (op, ...args) => new Promise((resolve, reject) => {
        const id = ++state.request
        answers.set(id, (result) => void result.then(resolve, reject))
        const run = ops.get(op)
        if (run === undefined) throw new Error(`no op ${op}`)
        run([id, ...args], context)
      }),
      capability: (method, args) => options.capability?.(method, args) ?? Promise.reject(new Error(`no capability ${method}`)),
      acceptStream: (id) => harness.sources.get(id) ?? { read: () => Promise.reject(new Error('no stream')), cancel: () => undefined },
      openStream: () => openStream(),
      on: (event, listener) => void listeners.set(event, listener),
      reportError: (error) => void harness.reported.push(error),
    }
  }

  function openStream(): GuestSink {
    state.stream += 1
    const record: { chunks: Uint8Array[]; ended: boolean; failed: string | undefined } = { chunks: [], ended: false, failed: undefined }
    harness.sent.set(state.stream, record)
    return {
      id: state.stream,
      write: async (bytes) => void record.chunks.push(bytes),
      end: () => void (record.ended = true),
      fail: (message) => void (record.failed = message),
    }
  }

  for (const create of GLOBALS) Object.assign(harness.globals, create(harness.bridge))
  return harness
}

/** A source as the page would feed it. */
export function createSource(chunks: readonly (Uint8Array | Error)[]): GuestSource & { cancelled: boolean } {
  const rest = [...chunks]
  return {
    cancelled: false,
    read: async () => {
      const chunk = rest.shift()
      if (chunk instanceof Error) throw chunk
      return chunk
    },
    cancel() {
      this.cancelled = true
    },
  }
}
