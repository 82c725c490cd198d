/** `glovebox.vault`: secrets of the extension's own, by name. */
import type { Bridge } from '../../bridge.ts'
import { toText } from './argument.ts'

export function createVaultArea(bridge: Bridge): object {
  return {
    /** Undefined where there is none. */
    async get(name: unknown): Promise<unknown> {
      return bridge.capability('vault.get', [toText(name, 'vault.get')])
    },
    /** Rejects with code 'quota-exceeded' beyond 64 secrets. */
    async set(name: unknown, value: unknown): Promise<void> {
      await bridge.capability('vault.set', [toText(name, 'vault.set'), toText(value, 'vault.set')])
    },
    /** Resolves with true when there was something to delete. */
    async delete(name: unknown): Promise<unknown> {
      return bridge.capability('vault.delete', [toText(name, 'vault.delete')])
    },
    /** The names that the grant covers, in order. */
    async list(): Promise<unknown> {
      return bridge.capability('vault.list', [])
    },
  }
}
