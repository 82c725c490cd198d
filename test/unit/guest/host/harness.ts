/** What a component's imports talk to, without a page: answers are given, what crosses is recorded. */
import { CapabilityFailure, type GuestSource, type Outward } from '../../../../src/guest/outward.ts'
import type { WasiContext } from '../../../../src/guest/wasi/context.ts'
import { ResourceCount } from '../../../../src/guest/wasi/resource.ts'

export class FakeOutward implements Outward {
  readonly waits: Outward['waits']
  /** Everything that went out, in order. */
  readonly told: unknown[] = []
  /** By method. */
  readonly answers = new Map<string, () => unknown>()
  /** Of the page's streams, by number. */
  readonly sources = new Map<number, () => Uint8Array<ArrayBuffer> | undefined>()
  onWrite: () => void = () => undefined

  constructor(waits: Outward['waits'] = 'jspi') {
    this.waits = waits
  }

  capability(method: string, args: readonly unknown[]): unknown {
    this.told.push([method, ...args])
    const answer = (): unknown => this.answers.get(method)?.()
    return this.waits === 'jspi' ? Promise.resolve().then(answer) : answer()
  }

  acceptStream(id: number): GuestSource {
    const read = (): Uint8Array<ArrayBuffer> | undefined => this.sources.get(id)?.()
    return {
      read: () => (this.waits === 'jspi' ? Promise.resolve().then(read) : read()),
      cancel: () => void this.told.push(`cancel ${id}`),
    }
  }

  openStream(): ReturnType<Outward['openStream']> {
    const write = (bytes: Uint8Array): void => {
      this.onWrite()
      this.told.push(`write ${bytes.length}`)
    }
    return { id: 9, sink: {
      write: (bytes) => (this.waits === 'jspi' ? Promise.resolve().then(() => write(bytes)) : write(bytes)),
      end: () => void this.told.push('end'),
      fail: () => void this.told.push('fail'),
    } }
  }

  sleep(): void {}

  log(): boolean {
    return true
  }
}

export function createContext(outward: Outward, max = 8): WasiContext {
  const none = (): undefined => undefined
  const files: unknown = undefined // of no use here
  return {
    outward, resources: new ResourceCount(max), args: [], env: [], config: new Map(), files: files as WasiContext['files'],
    call: { id: none, caller: none, fail: none }, now: () => 0,
  }
}

export const chunks = (...list: readonly string[]): (() => Uint8Array<ArrayBuffer> | undefined) => {
  const left = list.map((text) => new TextEncoder().encode(text))
  return () => left.shift()
}

export const fails = (code: string) => (): never => {
  throw new CapabilityFailure(code, 'It failed.')
}

/** The word of the `call-error` that `run` ends in. */
export async function codeOf(run: () => unknown): Promise<unknown> {
  try {
    await run()
  } catch (error) {
    const payload: unknown = Object(error).payload
    return payload === undefined ? error : Object(payload).code
  }
  return 'done'
}
