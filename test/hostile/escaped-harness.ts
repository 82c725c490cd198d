/** A box whose workers run escaped.worker.ts in the shipped frame, and a call into an attack. */
import type { Extension, Glovebox, GloveboxOptions } from 'glovebox'
import { inject } from 'vitest'
import { openBox, pkg } from '../browser/box-harness.ts'

export interface Escaped {
  readonly box: Glovebox
  readonly extension: Extension
  attack(name: string, ...args: readonly unknown[]): Promise<unknown>
}

export async function escape(options: Partial<GloveboxOptions> = {}): Promise<Escaped> {
  const { origin } = inject('server')
  const box = await openBox({ assets: `${origin}/escaped/`, ...options })
  const extension = await box.install(pkg('export const ok = () => 1; export const wait = () => new Promise(() => {})', { optionalPermissions: [{ name: 'storage:read', scope: { prefixes: [''] }, reason: '' }] }))
  await extension.start()
  return { box, extension, attack: (name, ...args) => extension.call(name, args, { timeoutMs: 10_000 }) }
}
