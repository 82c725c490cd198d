/**
 * Secrets in requests. A guest names them in the header `x-glovebox-secret`, which never leaves: a name there cannot be taken for something to
 * expand in a URL or a body, nothing is. What each name stands for, and whether it may go with this request, its binding says.
 */
import { isScopeName } from '../manifest/scope-name.ts'
import { refuse } from './arguments.ts'
import type { CapabilityContext } from './capability.ts'
import { CapabilityError } from './capability.ts'
import type { HeaderList } from './http-headers.ts'
import type { Secrets } from './secrets.ts'

export const SECRET_HEADER = 'x-glovebox-secret'
const MAX_NAMES = 4
/** A server that repeats the request would send a part of the secret, which nothing can tell from other text. */
const PARTIAL: readonly string[] = ['range', 'if-range']

export interface NamedSecrets {
  readonly names: readonly string[]
  /** Without those that name secrets. */
  readonly headers: HeaderList
}

/** @throws {CapabilityError} invalid-argument */
export function takeSecretNames(headers: HeaderList): NamedSecrets {
  const names = headers.flatMap(([name, value]) => (name === SECRET_HEADER ? value.split(',').map((part) => part.trim()) : []))
  if (names.length === 0) return { names, headers }
  if (names.length > MAX_NAMES || new Set(names).size < names.length) refuse(SECRET_HEADER, `at most ${MAX_NAMES} different names`, names.join(', '))
  for (const name of names) if (!isScopeName(name)) refuse(SECRET_HEADER, 'names of secrets', name)
  const partial = headers.find(([name]) => PARTIAL.includes(name))
  if (partial !== undefined) throw new CapabilityError('invalid-argument', `A request with a secret cannot have the header "${partial[0]}".`)
  return { names, headers: headers.filter(([name]) => name !== SECRET_HEADER) }
}

export interface SecretRequest extends NamedSecrets {
  /** The very one that is fetched. */
  readonly url: URL
  readonly method: string
}

/**
 * May it name them? The user may be asked. Gives what ends each of the grants.
 *
 * @throws {PermissionError} permission-denied, permission-revoked
 */
export async function authorizeSecrets(names: readonly string[], context: CapabilityContext): Promise<readonly AbortSignal[]> {
  const signals: AbortSignal[] = []
  for (const name of names) signals.push((await context.authorize('vault:use', { kind: 'secret', name })).signal)
  return signals
}

/**
 * Sends the request's headers with those that secrets are in, in the turn in which all of them are known to be as the store has them: one is deleted
 * or bound elsewhere while the next is read, for as long as the guest makes its own reads take.
 *
 * @throws {CapabilityError} secret-unavailable, store-failed; invalid-argument when two want one header; or what `send` throws
 */
export async function sendWithSecrets<T>(
  request: SecretRequest, context: CapabilityContext, secrets: Secrets, send: (headers: HeaderList) => Promise<T>,
): Promise<T> {
  const { key } = context.installation
  for (;;) {
    const changes = secrets.changesFor(key)
    const headers = await addSecrets(request, context, secrets)
    context.signal.throwIfAborted()
    if (secrets.changesFor(key) === changes) return send(headers)
  }
}

async function addSecrets(request: SecretRequest, context: CapabilityContext, secrets: Secrets): Promise<HeaderList> {
  const headers = [...request.headers]
  for (const name of request.names) {
    const header = await secrets.headerFor(context, name, request.url, request.method)
    if (headers.some(([other]) => other === header[0])) {
      throw new CapabilityError('invalid-argument', `The header "${header[0]}" is the secret's (${name}): set no other of that name.`)
    }
    headers.push(header)
  }
  return headers
}
