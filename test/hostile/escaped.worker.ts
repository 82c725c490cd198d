/**
 * What an attacker has who broke out of QuickJS: code in the worker's own realm, the raw port, and every global as it was before lockdown
 * (the strongest case: lockdown undone). Assembled like the shipped worker, run in the shipped frame under its policy. Test only.
 */
import { bootstrap, type WorkerScope } from '../../src/guest/bootstrap.ts'
import { createScriptMethods } from '../../src/guest/script-methods.ts'
import type { Outcome } from '../../src/wire/payload.ts'
import { decodeValue, encodeValue } from '../../src/wire/value.ts'
import { parsePayload } from '../../src/wire/message.ts'
import { createOriginProbes, type Powers } from './escaped-origin.ts'
import { createWireProbes, FORGED_REPLIES } from './escaped-wire.ts'

const scope = globalThis as unknown as WorkerScope & Powers
const powers: Powers = takeAll()
let port: MessagePort | undefined
let made: ReadonlyMap<string, (...args: readonly unknown[]) => unknown> | undefined
/** What the worker says of itself from now on. */
let forgedStats: { readonly answer: unknown } | undefined

/** What the worker says its main module left, by what the package's main module names. */
const FORGED_LOADS: Readonly<Record<string, () => unknown>> = {
  resizable: () => Reflect.construct(ArrayBuffer, [8, { maxByteLength: 2 ** 30 }]),
  large: () => new ArrayBuffer(2 ** 26),
  noise: () => Uint8Array.from({ length: 2 ** 22 }, (_, index) => (index * 7919) >> 3).buffer,
  yes: () => true,
  view: () => new Uint8Array(8),
  text: () => 'ok',
}

bootstrap(scope, (modules, session) => {
  const methods = new Map(createScriptMethods(modules, session))
  const call = methods.get('call')
  const stats = methods.get('stats')
  const load = methods.get('load')
  methods.set('stats', async (argument) => (forgedStats || !stats ? { result: forgedStats?.answer, transfer: [] } : stats(argument)))
  methods.set('load', async (argument) => {
    const result = await load?.(argument)
    const forged = /forge load (\w+)/.exec((argument as { readonly files: ReadonlyMap<string, string> }).files.get('main.js') ?? '')?.[1]
    return forged === undefined ? (result ?? { result: undefined, transfer: [] }) : { result: FORGED_LOADS[forged]?.(), transfer: [] }
  })
  methods.set('call', async (argument) => {
    const { name, args } = argument as { readonly name: string; readonly args: unknown }
    const forged = FORGED_REPLIES[name]
    if (forged !== undefined) return { result: { ok: true, value: { text: forged(), buffers: [] } }, transfer: [] }
    const probe = probes().get(name)
    if (probe === undefined) return call ? call(argument) : { result: undefined, transfer: [] }
    const payload = parsePayload(args)
    const values = payload ? decodeValue(payload) : []
    const result: Outcome = { ok: true, value: encodeValue(await probe(...(Array.isArray(values) ? values : []))) }
    return { result, transfer: [] }
  })
  // A request answered with whatever its URL says, and an end of it that never comes.
  methods.set('fetch', async (argument) => {
    const payload = parsePayload((argument as { readonly args: unknown }).args)
    const head = payload ? decodeValue(payload) : undefined
    const url = new URL(String(Reflect.get(Object(head), 'url')))
    return { result: { ok: true, value: encodeValue(JSON.parse(url.searchParams.get('head') ?? 'null')) }, transfer: [] }
  })
  methods.set('ended', () => new Promise(() => {}))
  return methods
})

// Taken before bootstrap's handler runs: escaped code finds the port somewhere in memory.
const start = scope.onmessage
scope.onmessage = (event) => {
  port = event.data.port
  start?.(event)
}

function probes(): ReadonlyMap<string, (...args: readonly unknown[]) => unknown> {
  made ??= new Map([...createOriginProbes(powers, scope), ...(port ? createWireProbes(port, powers) : []), ['forge stats', forgeStats]])
  return made
}

function forgeStats(answer: unknown): string {
  forgedStats = { answer }
  return 'forged'
}

function takeAll(): Powers {
  const taken: Record<string, unknown> = Object.create(null)
  for (let owner: object | null = globalThis; owner !== null && owner !== Object.prototype; owner = Object.getPrototypeOf(owner)) {
    for (const name of Object.getOwnPropertyNames(owner)) {
      try {
        const value: unknown = Reflect.get(owner, name, globalThis)
        taken[name] ??= typeof value === 'function' && !/^[A-Z]/.test(name) ? value.bind(globalThis) : value
      } catch {
        // a getter that refuses: nothing to take
      }
    }
  }
  return taken
}
