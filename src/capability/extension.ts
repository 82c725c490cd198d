/**
 * Calls from extension to extension. This half parses what the guest says and asks for the permission; whom a link means, what may be called
 * and how it is served is the host's to know (`LinkTable`).
 */
import type { ExtensionIdentity } from '../manifest/identity.ts'
import { parseArguments, parseInteger, parseText, refuse } from './arguments.ts'
import type { Capability } from './capability.ts'
import type { CallStack } from './provenance.ts'

/** What the caller names: one of its links, or the interface of one, which is how a component imports it. */
export interface LinkAddress {
  readonly by: 'link' | 'interface'
  readonly name: string
}

export interface LinkRequest {
  readonly caller: ExtensionIdentity
  readonly stack: CallStack
  /** Ids of all whom the caller's instance may be working for. */
  readonly callers: readonly string[]
  readonly address: LinkAddress
  /** Of the function. */
  readonly name: string
  readonly args: readonly unknown[]
  /** Aborts when the caller or its permission goes. */
  readonly signal: AbortSignal
  /** Hears who waits: ids from the outermost caller to the callee. */
  readonly onChain: (chain: readonly string[]) => void
}

/** How the callee ended: what it threw is data, apart from what the host refuses. */
export type LinkAnswer = { readonly value: unknown } | { readonly failure: LinkFailure }

export interface LinkFailure {
  readonly name: string
  readonly code: string
  readonly message: string
  /** The `err` case of a component's result. */
  readonly payload?: unknown
}

export interface LinkTable {
  /** Id of the extension that is linked there. @throws {CapabilityError} invalid-argument: the caller's manifest has no such link */
  targetOf(caller: ExtensionIdentity, address: LinkAddress): string
  /** @throws {CapabilityError} link-missing, link-mismatch @throws {PermissionError} permission-denied, link-cycle @throws {LimitError} link-depth */
  call(request: LinkRequest): Promise<LinkAnswer>
}

const MAX_NAME = 256

/** `extension.call(call, by, link, name, args)`. */
export function createExtensionCapability(links: LinkTable): Capability {
  return { name: 'extension', methods: new Map([['extension.call', async (args, context) => {
    const method = 'extension.call'
    parseArguments(method, args, 5)
    const call = args[0] === null || args[0] === undefined ? undefined : parseInteger('call', args[0], 0, Number.MAX_SAFE_INTEGER)
    const by = args[1] === 'link' || args[1] === 'interface' ? args[1] : refuse('by', '"link" or "interface"', args[1])
    const address: LinkAddress = { by, name: parseText('link', args[2], 1, MAX_NAME) }
    const name = parseText('name', args[3], 1, MAX_NAME)
    const given: unknown = args[4]
    if (!Array.isArray(given)) refuse('args', 'an array', given)
    const { identity: caller, provenance: { callers } } = context
    // Before anything waits: by then it may serve others.
    const stack = context.provenance.stackOf(call)
    const id = links.targetOf(caller, address)
    const authorization = await context.authorize('extension:call', { kind: 'extension', id })
    const signal = AbortSignal.any([context.signal, authorization.signal])
    const onChain = (chain: readonly string[]): void => context.note({ chain: chain.join(' ') })
    return links.call({ caller, stack, callers, address, name, args: given, signal, onChain })
  }]]) }
}
