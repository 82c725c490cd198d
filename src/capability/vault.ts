/**
 * Secrets of an extension's own, by name. Reading one needs `vault:read`, setting and deleting `vault:write`; what the app shares with it is not
 * among them, and is met in a request's header only (http-secret.ts).
 */
import { LimitError } from '../errors.ts'
import type * as Wit from '../generated/vault.ts'
import type { ExtensionKey } from '../manifest/identity.ts'
import { FIXED_LIMITS } from '../manifest/limits.ts'
import { isScopeName } from '../manifest/scope-name.ts'
import type { SealedStore } from '../wire/sealed-store.ts'
import { parseArguments, parseText, refuse } from './arguments.ts'
import type { Capability, CapabilityContext, CapabilityMethod } from './capability.ts'
import { inStore } from './in-store.ts'
import { MAX_SECRET_CHARS } from './secret-forms.ts'
import type { OpenVault } from './secrets.ts'

const MAX_SECRETS = FIXED_LIMITS.secrets

/** `vault.get(name)`, `vault.set(name, value)`, `vault.delete(name)`, `vault.list()`. Values are text of 1 to 4096 characters. */
export function createVaultCapability(openVault: OpenVault, onChange: (key: ExtensionKey) => void): Capability {
  const open = ({ installation }: CapabilityContext, grant: AbortSignal): SealedStore => openVault(installation, grant)
  const methods: Readonly<Record<keyof Wit.Vault, CapabilityMethod>> = {
    get: async (args, context) => {
      parseArguments('vault.get', args, 1)
      const name = parseSecretName(args[0])
      const { signal } = await context.authorize('vault:read', { kind: 'secret', name })
      const value = await inStore(() => open(context, signal).get(name))
      signal.throwIfAborted()
      return value
    },
    set: async (args, context) => {
      parseArguments('vault.set', args, 2)
      const name = parseSecretName(args[0])
      const value = parseText('value', args[1], 1, MAX_SECRET_CHARS)
      const { signal } = await context.authorize('vault:write', { kind: 'secret', name })
      const result = await inStore(() => open(context, signal).set(name, value, { maxCount: MAX_SECRETS }))
      if (result === 'full') throw new LimitError('quota-exceeded', `An extension may keep ${MAX_SECRETS} secrets; nothing was written.`, { details: { limit: 'secrets' } })
      onChange(context.installation.key)
      return undefined
    },
    delete: async (args, context) => {
      parseArguments('vault.delete', args, 1)
      const name = parseSecretName(args[0])
      const { signal } = await context.authorize('vault:write', { kind: 'secret', name })
      const wasThere = await inStore(() => open(context, signal).delete(name))
      onChange(context.installation.key)
      return wasThere
    },
    list: async (args, context) => {
      parseArguments('vault.list', args, 0)
      const authorization = await context.authorize('vault:read', { kind: 'secrets' })
      const names = await inStore(() => open(context, authorization.signal).names())
      authorization.signal.throwIfAborted()
      return names.filter((name) => authorization.covers({ kind: 'secret', name }))
    },
  }
  return { name: 'vault', methods: new Map(Object.entries(methods).map(([name, method]) => [`vault.${name}`, method])) }
}

function parseSecretName(input: unknown): string {
  const name = parseText('name', input, 1, 64)
  return isScopeName(name) ? name : refuse('name', 'lowercase letters, digits, dots, dashes and underscores', name)
}
