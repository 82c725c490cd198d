/**
 * The vault as the app sees it, `box.vault`. Values go in and never come out again, not even to the app: whoever needs one elsewhere keeps it there,
 * and a script that gets into the page finds no method that hands them over.
 */
import { PackageError } from '../errors.ts'
import { type ExtensionIdentity, extensionKey } from '../manifest/identity.ts'
import { isScopeName } from '../manifest/scope-name.ts'
import { bindingName } from '../wire/sealed-store.ts'
import { parseBinding, type ResolvedBinding, type SecretBinding } from './secret-binding.ts'
import { isBindable, MAX_SECRET_CHARS, MIN_SECRET_CHARS } from './secret-forms.ts'
import { parseUsers, readBinding, readShared, type SecretUser } from './secret-record.ts'
import type { OpenVault } from './secrets.ts'

export interface SecretOptions {
  /** Where it may go. */
  readonly binding: SecretBinding
  /** Who may name it: ids, or extensions, which are their origin's alone. Each needs the permission `vault:use` for the name besides. 1 to 64. */
  readonly extensions: readonly SecretUser[]
}

export interface VaultEntry {
  readonly name: string
  /** Null when it is damaged: it cannot be used; delete it, or set it again. */
  readonly binding: ResolvedBinding | null
  readonly extensions: readonly SecretUser[]
  /** `'app'`: set here; `'extension'`: the binding of one that the extension keeps itself. */
  readonly owner: 'app' | 'extension'
}

/** Secrets and bindings together, of all extensions. */
const MAX_COUNT = 1000

export interface Vault {
  /**
   * Keeps a secret for extensions to use, or replaces the one of that name. 8 to 4096 characters of visible ASCII.
   * @throws {TypeError} naming what is wrong
   * @throws {PackageError} store-failed, store-unavailable where the browser cannot keep the key
   */
  set(name: string, value: string, options: SecretOptions): Promise<void>
  /** Lets an extension use a secret that it keeps itself (`glovebox.vault.set`), or with null no longer. */
  bind(extension: ExtensionIdentity, name: string, binding: SecretBinding | null): Promise<void>
  /** Names, bindings and who may use them; no values. */
  list(): Promise<readonly VaultEntry[]>
  /** True when there was one of the app's of that name. */
  delete(name: string): Promise<boolean>
}

export function createHostVault(openVault: OpenVault, onChange: () => void): Vault {
  const store = openVault()
  const put = async (name: string, record: object): Promise<void> => {
    const result = await store.set(name, JSON.stringify(record), { maxCount: MAX_COUNT })
    if (result === 'full') throw new PackageError('store-failed', `The vault holds ${MAX_COUNT} secrets and bindings already.`)
    onChange()
  }
  const remove = async (name: string): Promise<boolean> => {
    const wasThere = await store.delete(name)
    onChange()
    return wasThere
  }
  return Object.freeze({
    set: async (name: string, value: string, options: SecretOptions) => {
      if (typeof value !== 'string' || !isBindable(value)) {
        throw new TypeError(`A secret has ${MIN_SECRET_CHARS} to ${MAX_SECRET_CHARS} characters of visible ASCII, without a space at its ends.`)
      }
      const { binding, extensions } = Object(options) as Partial<SecretOptions> // parsed next
      await put(parseName(name), { value, binding: parseBinding(binding), extensions: parseUsers(extensions) })
    },
    bind: async (extension: ExtensionIdentity, name: string, binding: SecretBinding | null) => {
      const [user] = parseUsers([extension])
      if (typeof user !== 'object') throw new TypeError('extension must be an extension, or { id, origin }.')
      const place = bindingName(extensionKey(user), parseName(name))
      if (binding === null) await remove(place)
      else await put(place, { binding: parseBinding(binding) })
    },
    list: async () => Promise.all((await store.names()).map(async (name) => describe(name, await store.get(name).catch(() => '')))),
    delete: async (name: string) => remove(parseName(name)),
  })
}

function describe(place: string, text = ''): VaultEntry {
  const [first = '', origin, name] = place.split('\n')
  if (origin !== undefined && name !== undefined) {
    const extensions = Object.freeze([Object.freeze({ id: first, origin })])
    return Object.freeze({ name, binding: readBinding(text) ?? null, extensions, owner: 'extension' })
  }
  const { binding = null, extensions = Object.freeze([]) } = readShared(text) ?? {}
  return Object.freeze({ name: first, binding, extensions, owner: 'app' })
}

function parseName(input: unknown): string {
  if (typeof input === 'string' && isScopeName(input)) return input
  throw new TypeError('The name of a secret is 1 to 64 lowercase letters, digits, dots, dashes and underscores.')
}
