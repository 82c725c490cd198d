/** glovebox:host/vault. */
import type * as Wit from '../../generated/vault.ts'
import { andThen, type MaybePromise } from '../wait/maybe.ts'
import type { WasiContext } from '../wasi/context.ts'
import { callHost, type Imported } from './call-host.ts'

export function createVault({ outward }: WasiContext): Imported<Wit.Vault> {
  const call = (method: string, args: readonly unknown[]): MaybePromise<unknown> => callHost(outward, method, args)
  return {
    get: (name) => andThen(call('vault.get', [name]), (value) => (typeof value === 'string' ? value : undefined)),
    set: (name, value) => andThen(call('vault.set', [name, value]), () => undefined),
    delete: (name) => andThen(call('vault.delete', [name]), (wasThere) => wasThere === true),
    list: () => andThen(call('vault.list', []), (names) => (Array.isArray(names) ? names.map(String) : [])),
  }
}
