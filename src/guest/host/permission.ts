/** glovebox:host/permission. */
import type * as Wit from '../../generated/permission.ts'
import { andThen, type MaybePromise } from '../wait/maybe.ts'
import type { WasiContext } from '../wasi/context.ts'
import { callHost, type Imported } from './call-host.ts'

export function createPermission({ outward }: WasiContext): Imported<Wit.Permission> {
  const ask = (method: string, name: Wit.PermissionName): MaybePromise<Wit.PermissionState> => andThen(callHost(outward, method, [toWire(name)]), toState)
  return {
    query: (name) => ask('permission.query', name),
    request: (name) => ask('permission.request', name),
    requestAll: (names) => andThen(callHost(outward, 'permission.requestAll', [names.map(toWire)]), (states) => (Array.isArray(states) ? states.map(toState) : [])),
  }
}

function toWire(name: Wit.PermissionName): string {
  return name.replace('-', ':')
}

function toState(state: unknown): Wit.PermissionState {
  return state === 'granted' || state === 'prompt' ? state : 'denied'
}
