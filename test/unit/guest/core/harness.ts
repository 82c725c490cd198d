/** A core module's worker methods behind a real pair of sessions, in the test's own realm: only for modules that the tests' authors wrote. */
import { createCoreMethods, type CoreLoadOptions } from '../../../../src/guest/core-methods.ts'
import { toHostError } from '../../../../src/host/instance/outcome.ts'
import { prepareCore } from '../../../../src/lane/wasm/prepare-core.ts'
import { parseErrorRecord, parseOutcome, parsePayload } from '../../../../src/wire/message.ts'
import type { Outcome } from '../../../../src/wire/payload.ts'
import type { Session, SessionMethod } from '../../../../src/wire/session.ts'
import { decodeValue, encodeValue } from '../../../../src/wire/value.ts'
import { compileWat } from '../../lane/wasm-tools.ts'
import { methodsOf, openSide } from '../../wire/pair.ts'

export interface TestModule {
  readonly lines: (readonly [level: string, text: string])[]
  /** What `load` ended with. */
  readonly problem: ReturnType<typeof toHostError> | undefined
  call(name: string, args?: readonly unknown[]): Promise<unknown>
  run(request?: object): Promise<unknown>
  reset(): Promise<unknown>
  stats(): Promise<unknown>
}

export type TestOptions = Partial<Omit<CoreLoadOptions, 'core'>> & CoreLoadOptions['core'] & {
  /** Answers capability calls. */
  readonly host?: (method: string, args: readonly unknown[]) => unknown
}

const CAP = { memoryPages: 64, tableEntries: 1000 }
const LIMITS = { messageBytes: 2 ** 20, logBytesPerSecond: 2 ** 20, pendingCapabilityCalls: 16 }

/** `source`: text format, or bytes. */
export async function openModule(source: string | Uint8Array, { host, abi, allocator, memoryPages, ...load }: TestOptions): Promise<TestModule> {
  const bytes = prepareCore(typeof source === 'string' ? await compileWat(source) : source, CAP)
  const lines: [string, string][] = []
  const channel = new MessageChannel()
  const { session: worker }: { readonly session: Session } = openSide(channel.port1, 'guest', {
    methods: createCoreMethods([new WebAssembly.Module(bytes)], () => worker, {}), maxPendingRequests: 65_536,
  })
  const page = openSide(channel.port2, 'page', { methods: methodsFor(lines, host) }).session
  await page.call('boot', { limits: LIMITS })
  const core = { abi, ...(allocator === undefined ? {} : { allocator }), ...(memoryPages === undefined ? {} : { memoryPages }) }
  const loaded = await page.call('load', { core, config: {}, memoryPages: CAP.memoryPages, waiting: 'never', functions: [], ...load })
  const record = loaded === undefined ? undefined : parseErrorRecord(loaded)
  const outcomeOf = async (method: string, argument: object): Promise<unknown> => {
    const outcome = parseOutcome(await page.call(method, argument))
    if (outcome === undefined) throw new Error('The worker sent no outcome.')
    if (!outcome.ok) throw toHostError(outcome.error)
    return decodeValue(outcome.value)
  }
  return {
    lines,
    problem: record && toHostError(record),
    call: (name, args = []) => outcomeOf('call', { id: 1, name, args: encodeValue(args), deadlineMs: 1000 }),
    run: (request = {}) => outcomeOf('run', {
      id: 1, deadlineMs: 1000, args: encodeValue({ args: [], env: [], stdin: null, files: [], streams: { stdout: false, stderr: false }, ...request }),
    }),
    reset: () => page.call('reset', undefined),
    stats: () => page.call('stats', undefined),
  }
}

function methodsFor(lines: [string, string][], host: TestOptions['host']): ReadonlyMap<string, SessionMethod> {
  const answer = (method: string): SessionMethod => async (argument) => {
    const payload = parsePayload(argument)
    const args = payload ? decodeValue(payload) : []
    const outcome: Outcome = { ok: true, value: encodeValue(await host?.(method, Array.isArray(args) ? args : [])) }
    return { result: outcome, transfer: outcome.value.buffers }
  }
  const log: SessionMethod = async (argument) => {
    const [level, text] = JSON.parse(parsePayload(argument)?.text ?? '[]') as readonly string[]
    lines.push([level ?? '', text ?? ''])
    return { result: undefined, transfer: [] }
  }
  return new Map([...methodsOf({}), ['log', log], ['http.fetch', answer('http.fetch')], ['function.call', answer('function.call')]])
}
