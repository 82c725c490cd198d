/** The words between the broker and the embedder's consent dialog: what is asked. What it answers is read in `decision.ts`. */
import type { Digest } from '../manifest/digest.ts'
import type { ExtensionIdentity } from '../manifest/identity.ts'
import type { Permission, PermissionName, Scope } from '../manifest/permission.ts'
import { cleanText } from '../util/text.ts'
import type { Decision } from './decision.ts'
import { copyScope } from './scope/index.ts'

/** Who asks, as shown to the user. */
export interface PromptExtension {
  /** Claimed by the manifest; means something only together with `origin`. */
  readonly id: string
  /**
   * The extension's own words: HOSTILE text, at most 80 characters, control, direction and invisible characters escaped. It can still lie or
   * imitate letters: set it as text (never as HTML), apart from your own words, with `id` and `origin` beside it.
   */
  readonly name: string
  /** Where the code came from, or `local`. Not chosen by the extension. */
  readonly origin: string
  readonly digest: Digest
  /** True when nobody signed this code. */
  readonly unsigned: boolean
}

/** One permission that is asked for. */
export interface PromptPermission {
  readonly name: PermissionName
  readonly scope: Scope
  /** The extension's own words, hostile text like `PromptExtension.name`; at most 300 characters. */
  readonly reason: string
}

/** One question to the user. */
export interface PromptRequest {
  readonly extension: PromptExtension
  /** At least one; decided one by one, in this order. */
  readonly permissions: readonly PromptPermission[]
  /** `install`: all that the extension requires, at once. `use`: now, because it is being used or the host asks. */
  readonly when: 'install' | 'use'
  /**
   * Ids of other extensions whose calls the permission may be used for: those that wait first, the outermost before whom it called, then those it
   * has served before. The last is `\u2026` where there are more. Empty where it is used for the app.
   */
  readonly onBehalfOf: readonly string[]
}

/**
 * Asks the user; one at a time for each box. Resolves with one decision for each permission, in their order. A throw, any other shape, and two
 * minutes of silence are a denial that is not remembered. `signal` aborts when nobody waits for the answer any more: close the dialog then.
 */
export type Prompt = (request: PromptRequest, options: { readonly signal: AbortSignal }) => Promise<readonly Decision[]>

const NAME_CHARS = 80
const REASON_CHARS = 300
/** Of callers, in one request; the sign that stands for those beyond comes on top. */
const MAX_CALLERS = 64
const OTHERS = '\u2026'

/** The request as the dialog gets it: a frozen copy, its texts cleaned and capped. */
export function createPromptRequest(
  extension: ExtensionIdentity & Pick<PromptExtension, 'name' | 'digest' | 'unsigned'>,
  permissions: readonly Permission[],
  when: PromptRequest['when'],
  onBehalfOf: readonly string[] = [],
): PromptRequest {
  return Object.freeze({
    extension: Object.freeze({
      id: cleanText(extension.id, 128),
      name: cleanText(extension.name, NAME_CHARS),
      origin: extension.origin,
      digest: extension.digest,
      unsigned: extension.unsigned,
    }),
    permissions: Object.freeze(permissions.map(({ name, scope, reason }) =>
      Object.freeze({ name, scope: copyScope(name, scope), reason: cleanText(reason, REASON_CHARS) }))),
    when,
    onBehalfOf: Object.freeze(onBehalfOf.map((id) => cleanText(id, 128))),
  })
}

/** The same request, for these callers as well. */
export function addCallers(request: PromptRequest, ids: readonly string[]): PromptRequest {
  if (ids.length === 0) return request
  const all = new Set([...request.onBehalfOf, ...ids])
  const isCut = all.delete(OTHERS) || all.size > MAX_CALLERS
  return Object.freeze({ ...request, onBehalfOf: Object.freeze([...[...all].slice(0, MAX_CALLERS), ...(isCut ? [OTHERS] : [])]) })
}
