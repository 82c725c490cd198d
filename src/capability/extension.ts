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

/** Who calls, as the page knows it when the call comes. */
export interface LinkCaller {
  readonly identity: ExtensionIdentity
  readonly stack: CallStack
  /** Ids of all whom the caller's instance may be working for. */
  readonly callers: readonly string[]
}

export interface LinkRequest {
  /** Of the function. */
  readonly name: string
  readonly args: readonly unknown[]
  /** Aborts when the caller or its permission goes. */
  readonly signal: AbortSignal
  /** Hears who waits: ids from the outermost caller to the callee. */
  readonly onChain: (chain: readonly string[]) => void
}

/** Whom a call is for, and which of the caller's own calls it is a part of. */
export interface LinkRoute {
  /** Of the extension that is linked there. */
  readonly id: string
  /** Who has that id now; undefined: nobody. */
  readonly installation: string | undefined
  /**
   * Nothing is called once the caller's own call was aborted.
   *
   * @throws {CapabilityError} link-missing, link-mismatch @throws {PermissionError} permission-denied, link-cycle @throws {LimitError} link-depth
   */
  call(request: LinkRequest): Promise<LinkAnswer>
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
  /**
   * Taken before anything is waited for: by then the caller may serve others, and its own call may be over.
   *
   * @throws {CapabilityError} invalid-argument: the caller's manifest has no such link @throws {DisposedError} the call that asks has ended
   */
  route(from: LinkCaller, address: LinkAddress): LinkRoute
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
    const { identity, provenance } = context
    const route = links.route({ identity, callers: provenance.callers, stack: provenance.stackOf(call) }, address)
    const authorization = await context.authorize('extension:call', { kind: 'extension', id: route.id, installation: route.installation })
    const signal = AbortSignal.any([context.signal, authorization.signal])
    const onChain = (chain: readonly string[]): void => context.note({ chain: chain.join(' ') })
    return route.call({ name, args: given, signal, onChain })
  }]]) }
}
