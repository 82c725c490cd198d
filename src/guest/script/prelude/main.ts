/**
 * Runs inside QuickJS before any guest code: builds the bridge, installs the globals, and returns the one function by which the worker
 * enters. Nothing here is reachable for guest code by name; guest code may still have patched any intrinsic that is used late, and then
 * spoils its own values only.
 */
import { ENTRY, type GuestSettings, type PreludeConfig, type RawHost } from '../crossing.ts'
import type { BridgeValue } from '../bridge.ts'
import { createFetchServer } from '../global/fetch-server.ts'
import { GLOBALS } from '../global/index.ts'
import { scopeOf, type LogUncaught } from '../global/scope.ts'
import { createCrossing } from './crossing.ts'
import { describe, send } from './describe.ts'
import { createExports, type ImportModule } from './exports.ts'
import { createBridge } from './guest-bridge.ts'
import { createCodec } from './guest-codec.ts'
import { installRandom } from './random.ts'

type Dispatch = (entry: number, ...args: readonly BridgeValue[]) => void

/** Shared memory and threads have no use here, and a module instance would be memory without a cap. */
const REMOVED = ['SharedArrayBuffer', 'Atomics', 'WebAssembly']

export function prelude(host: RawHost, importModule: ImportModule, configText: string): Dispatch {
  const config = JSON.parse(configText) as PreludeConfig // the worker's own text
  const crossing = createCrossing(host, config.ops)
  const codec = createCodec(crossing)
  const log: LogUncaught = (error, where) => {
    const { name, message, stack } = describe(error)
    crossing.call('log', 'error', `${where} ${name}: ${message}${stack === '' ? '' : `\n${stack}`}`, stack)
  }
  const reportError = (error: unknown): void => scope.report(error, log)
  const bridge = createBridge(crossing, codec, reportError)
  const scope = scopeOf(bridge.bridge)
  const exports = createExports(crossing, codec, importModule, createFetchServer(bridge.bridge))
  const reseed = installRandom(() => void crossing.call('random.drawn'))
  for (const name of REMOVED) Reflect.deleteProperty(globalThis, name)
  for (const createGlobals of GLOBALS) install(createGlobals(bridge.bridge))
  Reflect.setPrototypeOf(globalThis, scope.prototype)

  // A list, not a Map: guest code may patch Map.prototype.get.
  const entries: Dispatch[] = []
  entries[ENTRY.load] = () => void exports.load()
  entries[ENTRY.call] = (id, name, text) => exports.call(Number(id), crossing.text(name), crossing.text(text))
  entries[ENTRY.fetch] = (id, text) => exports.fetch(Number(id), crossing.text(text))
  entries[ENTRY.buffer] = (buffer) => crossing.keep(buffer)
  entries[ENTRY.resolve] = (id, value) => bridge.resolve(Number(id), crossing.value(value))
  entries[ENTRY.reject] = (id, name, message, code) => {
    bridge.reject(Number(id), crossing.text(name), crossing.text(message), crossing.text(code))
  }
  entries[ENTRY.event] = (name, ...args) => bridge.emit(crossing.text(name), args.map(crossing.value))
  entries[ENTRY.reseed] = (a, b, c, d) => reseed(Number(a), Number(b), Number(c), Number(d))
  entries[ENTRY.report] = (error) => {
    if (send(crossing, 'exhausted', 0, error)) reportError(error)
  }
  // What they throw comes of a guest that patched what reporting needs: its own loss.
  entries[ENTRY.rejection] = (promise, reason) => attempt(() => scope.reportRejection(promise, reason, log))
  entries[ENTRY.handled] = (promise, reason) => attempt(() => scope.reportHandled(promise as unknown as object, reason)) // the engine sends promises
  entries[ENTRY.configure] = (text) => {
    const settings = JSON.parse(crossing.text(text)) as GuestSettings // the worker's own text
    codec.setMessageBytes(settings.messageBytes)
  }
  const { apply } = Reflect
  return (entry, ...args) => apply(entries[entry] ?? reportError, undefined, args)
}

function attempt(code: () => void): void {
  try {
    code()
  } catch {
    // nobody to tell
  }
}

function install(globals: Readonly<Record<string, unknown>>): void {
  for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(globals))) {
    // WebIDL: functions and attributes of the global are enumerable, interfaces and namespaces are not.
    const { value } = descriptor
    const isHidden = (typeof value === 'function' && 'prototype' in value) || name === 'console' || name === 'Intl'
    Object.defineProperty(globalThis, name, { ...descriptor, enumerable: !isHidden, configurable: true })
  }
}
