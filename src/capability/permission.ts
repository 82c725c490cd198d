/** Lets a guest see and ask for its own permissions. Asking is all it can do: what was denied or revoked only the host asks for again. */
import { PermissionError } from '../errors.ts'
import type * as Wit from '../generated/permission.ts'
import type { ExtensionIdentity } from '../manifest/identity.ts'
import type { PermissionName } from '../manifest/permission.ts'
import { PERMISSION_NAMES } from '../manifest/permission.ts'
import { parseArguments, parseText } from './arguments.ts'
import type { Capability, CapabilityContext, CapabilityMethod } from './capability.ts'
import { CapabilityError } from './capability.ts'

export interface PermissionLine {
  readonly name: PermissionName
  readonly state: Wit.PermissionState
}

export interface GuestRequest {
  readonly by: 'guest'
  readonly signal: AbortSignal
  /** Ids of the extensions that it may be asked for. */
  readonly onBehalfOf: readonly string[]
  /** Those of them that are certain; undefined: it is for itself. */
  readonly payers: readonly string[] | undefined
}

/** One extension's permissions, as far as its guest may use them. */
export interface PermissionAccess {
  query(): readonly PermissionLine[]
  /** Prompts once, for those whose state is `prompt`. @throws {PermissionError} permission-denied for what the manifest does not ask for */
  request(names: readonly PermissionName[], options: GuestRequest): Promise<readonly PermissionLine[]>
}

/**
 * `permission.query(name)` and `permission.request(name)`, both with the state, and `permission.requestAll(names)`, one question, with the states in
 * their order. What the manifest does not ask for is `denied` to the first and an error to the others.
 *
 * @param permissionsOf  the permissions of the caller
 */
export function createPermissionCapability(permissionsOf: (identity: ExtensionIdentity) => PermissionAccess): Capability {
  const ask = async (names: readonly PermissionName[], context: CapabilityContext): Promise<readonly Wit.PermissionState[]> => {
    const { identity, signal, onBehalf, provenance } = context
    for (const name of names) context.uses(name, { kind: 'plain' })
    for (const name of names) {
      if (onBehalf?.has(name) === false) throw new PermissionError('permission-denied', `"${name}" may not be asked for on behalf of other extensions.`)
    }
    const lines = await permissionsOf(identity).request(names, { by: 'guest', signal, onBehalfOf: provenance.callers, payers: provenance.payers })
    return names.map((name) => stateOf(name, lines))
  }
  const methods: Readonly<Record<keyof Wit.Permission, CapabilityMethod>> = {
    query: async (args, { identity, onBehalf }) => {
      const name = parseName('permission.query', args)
      return onBehalf?.has(name) === false ? 'denied' : stateOf(name, permissionsOf(identity).query())
    },
    request: async (args, context) => (await ask([parseName('permission.request', args)], context))[0],
    requestAll: async (args, context) => ask(parseNames('permission.requestAll', args), context),
  }
  return { name: 'permission', methods: new Map(Object.entries(methods).map(([name, method]) => [`permission.${name}`, method])) }
}

function parseName(method: string, args: readonly unknown[]): PermissionName {
  parseArguments(method, args, 1)
  return toName(args[0])
}

function parseNames(method: string, args: readonly unknown[]): readonly PermissionName[] {
  parseArguments(method, args, 1)
  const [list] = args
  const isList = Array.isArray(list) && list.length >= 1 && list.length <= PERMISSION_NAMES.length
  if (!isList) throw new CapabilityError('invalid-argument', `names: expected a list of 1 to ${PERMISSION_NAMES.length} permissions.`)
  return list.map(toName)
}

function toName(input: unknown): PermissionName {
  const text = parseText('name', input, 1, 64)
  const name = PERMISSION_NAMES.find((known) => known === text)
  if (name !== undefined) return name
  throw new PermissionError('permission-unknown', `There is no permission ${JSON.stringify(text)}; known are ${PERMISSION_NAMES.join(', ')}.`)
}

function stateOf(name: PermissionName, lines: readonly PermissionLine[]): Wit.PermissionState {
  return lines.find((line) => line.name === name)?.state ?? 'denied'
}
