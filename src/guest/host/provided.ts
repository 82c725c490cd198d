/** What the app provides itself: glovebox:host/provided with JSON, and interfaces of the app's own with their types. */
import type * as Wit from '../../generated/provided.ts'
import { andThen } from '../wait/maybe.ts'
import type { WasiContext } from '../wasi/context.ts'
import { callError, callHost, type Imported } from './call-host.ts'
import { plainInterface } from './interface.ts'
import { fromJson, toJson } from './json.ts'

/** The same in lane/component/waiting-imports.ts: all their functions wait. */
const OURS = /^(wasi|glovebox):/

export function createProvided({ outward }: WasiContext): Imported<Wit.Provided> {
  return {
    call: (method, args) => {
      const list = fromJson(args)
      if (!Array.isArray(list)) throw callError('invalid-argument', 'The arguments must be a JSON list.')
      return andThen(callHost(outward, 'host.call', [method, list]), toJson)
    },
  }
}

/**
 * An import of the component that is neither WASI's nor ours: its functions by the names that the glue asks for, each a call to the app. Whether
 * the app has it, the call tells. Undefined for names of other kinds.
 */
export function createAppInterface(context: WasiContext, name: string): Readonly<Record<string, unknown>> | undefined {
  const plain = name.replace(/@.*$/, '')
  if (OURS.test(plain) || !/^[^:]+:[^/]+\/.+$/.test(plain)) return undefined
  if (plain.endsWith('/types')) return {} // nothing of it waits, so nothing may ask
  return plainInterface(context, (key) => (...args: readonly unknown[]) => callHost(context.outward, 'host.call', [`${plain}#${kebabCase(key)}`, args]))
}

function kebabCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}
