/**
 * What code must be granted before it is installed: all that it requires, asked in one prompt, all or nothing. What was granted to the code
 * that it replaces goes on where it asks for no more.
 */
import type { Digest } from '../manifest/digest.ts'
import { type ExtensionIdentity, LOCAL_ORIGIN } from '../manifest/identity.ts'
import type { PermissionName } from '../manifest/permission.ts'
import type { HostPolicy } from '../manifest/policy.ts'
import type { ParsedDecision } from './decision.ts'
import { deniedError, forbiddenError } from './denial.ts'
import type { PermissionEntry } from './entry.ts'
import type { GrantLedger } from './ledger.ts'
import type { PromptRequest } from './prompt.ts'
import type { AskOptions, PromptAnswer } from './prompt-queue.ts'

/** One prompt about some permissions. */
export interface Question {
  readonly entries: readonly PermissionEntry[]
  readonly when: PromptRequest['when']
  readonly isNeeded: () => boolean
  readonly by: AskOptions['by']
  readonly use?: AskOptions['use']
  /** Ids of the extensions that it may be for. */
  readonly onBehalfOf?: readonly string[] | undefined
  readonly apply: AskOptions['apply']
  /** The question is withdrawn when one of them aborts. */
  readonly signals: readonly AbortSignal[]
}

export interface Admission {
  readonly required: readonly PermissionEntry[]
  readonly ledger: GrantLedger
  /** The code whose grants go on; undefined: nobody's. */
  readonly replaces: Digest | undefined
  readonly signals: readonly AbortSignal[]
  readonly ask: (question: Question) => Promise<PromptAnswer>
  /** Throws when nobody waits for it any more. */
  readonly throwIfOver: () => void
}

/** @throws {PermissionError} permission-denied when something required is forbidden or denied, or nobody answers: nothing is recorded then */
export async function admit({ required, ledger, replaces, ...asking }: Admission): Promise<void> {
  const forbidden = required.filter((entry) => entry.isForbidden)
  if (forbidden.length > 0) throw forbiddenError(namesOf(forbidden))
  await ledger.reload()
  asking.throwIfOver()
  const inherited = replaces === undefined ? [] : ledger.inherit(replaces)
  const asked = required.filter((entry) => entry.state === 'prompt')
  if (asked.length > 0) await askRequired(asked, ledger, asking)
  await ledger.keepInherited(inherited)
}

async function askRequired(
  asked: readonly PermissionEntry[], ledger: GrantLedger, { signals, ask, throwIfOver }: Pick<Admission, 'signals' | 'ask' | 'throwIfOver'>,
): Promise<void> {
  const denied = (decisions: readonly ParsedDecision[]): readonly PermissionEntry[] => asked.filter((_, index) => decisions[index]?.word === 'deny')
  const answer = await ask({
    entries: asked, when: 'install', isNeeded: () => true, by: 'host', signals,
    apply: (decisions) => (denied(decisions).length > 0 ? ledger.noteDenials(denied(decisions)) : ledger.record(asked, decisions)),
  })
  throwIfOver()
  if (answer.kind === 'unkept') throw answer.error
  if (answer.kind !== 'decided') throw deniedError(namesOf(asked), answer.kind === 'unanswered' ? answer.why : 'left')
  if (denied(answer.decisions).length > 0) throw deniedError(namesOf(denied(answer.decisions)))
}

/** Bytes without a URL are anybody's: whoever gets them installed under an id must not find the id's grants. */
export function keepsGrants({ origin }: ExtensionIdentity, policy: HostPolicy | undefined): boolean {
  return origin !== LOCAL_ORIGIN && policy?.newCode !== 'ask'
}

export function namesOf(entries: readonly PermissionEntry[]): readonly PermissionName[] {
  return entries.map(({ permission }) => permission.name)
}
