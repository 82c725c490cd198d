/** A box whose workers run escaped.worker.ts in the shipped frame, and a call into an attack. */
import type { Extension, Glovebox, GloveboxOptions } from 'glovebox'
import { inject } from 'vitest'
import { openBox, pkg } from '../browser/box-harness.ts'
import type { Answer } from './escaped-wire.ts'

export interface Escaped {
  readonly box: Glovebox
  readonly extension: Extension
  attack(name: string, ...args: readonly unknown[]): Promise<unknown>
}

const READ = { name: 'storage:read', scope: { prefixes: [''] }, reason: '' }

export interface EscapeOptions {
  /** Of the extension whose workers are taken over. */
  readonly manifest?: Record<string, unknown>
  /** What the box has before it is installed. */
  readonly prepare?: (box: Glovebox) => Promise<unknown>
}

export async function escape(options: Partial<GloveboxOptions> = {}, { manifest = {}, prepare }: EscapeOptions = {}): Promise<Escaped> {
  const { origin } = inject('server')
  const box = await openBox({ assets: `${origin}/escaped/`, ...options })
  await prepare?.(box)
  const extension = await box.install(pkg('export const ok = () => 1; export const wait = () => new Promise(() => {})', { optionalPermissions: [READ], ...manifest }))
  await extension.start()
  return { box, extension, attack: (name, ...args) => extension.call(name, args, { timeoutMs: 10_000 }) }
}

/** Calls of capabilities past every guard of the guest's own half: how the page answers each. `text` is the arguments in the wire's encoding. */
export async function ask(escaped: Escaped, ...calls: readonly (readonly [method: string, text: string])[]): Promise<readonly Answer[]> {
  return (await escaped.attack('wire ask', ...calls)) as readonly Answer[]
}
