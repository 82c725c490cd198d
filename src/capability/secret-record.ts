/** What the vault seals, as JSON, and how it is read back: what a store gives is unknown until parsed, also where it was sealed. */
import type { ExtensionIdentity } from '../manifest/identity.ts'
import { parseBinding, type ResolvedBinding } from './secret-binding.ts'

/** An extension that may use a secret: by id wherever it came from, or exactly this one. */
export type SecretUser = string | ExtensionIdentity

/** A secret of the app's. */
export interface SharedSecret {
  readonly value: string
  readonly binding: ResolvedBinding
  readonly extensions: readonly SecretUser[]
}

export function isFor(users: readonly SecretUser[], { id, origin }: ExtensionIdentity): boolean {
  return users.some((user) => (typeof user === 'string' ? user === id : user.id === id && user.origin === origin))
}

/** @throws {TypeError} */
export function parseUsers(input: unknown): readonly SecretUser[] {
  if (!Array.isArray(input) || input.length === 0 || input.length > 64) throw new TypeError('extensions must be a list of 1 to 64 ids or extensions.')
  return Object.freeze((input as readonly unknown[]).map(parseUser)) // an array by the check above
}

function parseUser(input: unknown): SecretUser {
  if (typeof input === 'string' && input !== '') return input
  if (typeof input !== 'object' || input === null) throw new TypeError('extensions must hold ids, or extensions with id and origin.')
  // An Extension has both as getters.
  const [id, origin]: readonly unknown[] = [Reflect.get(input, 'id'), Reflect.get(input, 'origin')]
  if (typeof id !== 'string' || typeof origin !== 'string') throw new TypeError('extensions must hold ids, or extensions with id and origin.')
  return Object.freeze({ id, origin })
}

/** Undefined where it is none. */
export function readShared(text: string): SharedSecret | undefined {
  return attempt(() => {
    const { value, binding, extensions } = parseRecord(text)
    return typeof value === 'string' ? { value, binding: parseBinding(binding), extensions: parseUsers(extensions) } : undefined
  })
}

/** Undefined where it is none. */
export function readBinding(text: string): ResolvedBinding | undefined {
  return attempt(() => parseBinding(parseRecord(text).binding))
}

function parseRecord(text: string): { readonly value?: unknown, readonly binding?: unknown, readonly extensions?: unknown } {
  return Object(JSON.parse(text)) as { readonly value?: unknown } // an object, read as unknown
}

function attempt<T>(read: () => T | undefined): T | undefined {
  try {
    return read()
  } catch {
    return undefined // the caller says that it is damaged
  }
}
