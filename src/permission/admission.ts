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
import type { InstallWrite } from './grant.ts'
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
  readonly payers?: AskOptions['payers']
  readonly apply: AskOptions['apply']
  /** The question is withdrawn when one of them aborts. */
  readonly signals: readonly AbortSignal[]
}

export interface Admission {
  readonly required: readonly PermissionEntry[]
  readonly ledger: GrantLedger
  /** The code whose grants go on; undefined: nobody's. */
  readonly replaces: Digest | undefined
  /** Keeps what is granted together with the installation, once all is decided; undefined: it stands already. */
  readonly install: InstallWrite | undefined
  readonly signals: readonly AbortSignal[]
  readonly ask: (question: Question) => Promise<PromptAnswer>
  /** Throws when nobody waits for it any more. */
  readonly throwIfOver: () => void
}

/** @throws {PermissionError} permission-denied when something required is forbidden or denied, or nobody answers: nothing is recorded then */
export async function admit({ required, ledger, replaces, install, ...asking }: Admission): Promise<void> {
  const forbidden = required.filter((entry) => entry.isForbidden)
  if (forbidden.length > 0) throw forbiddenError(namesOf(forbidden))
  await ledger.reload()
  asking.throwIfOver()
  const inherited = replaces === undefined ? [] : ledger.inherit(replaces)
  const asked = required.filter((entry) => entry.state === 'prompt')
  // What is not installed yet may still fail to be: nothing may be left of it then, so nothing is written before it.
  const record = install === undefined ? (decisions: readonly ParsedDecision[]): Promise<void> => ledger.record(asked, decisions) : undefined
  const decisions = asked.length > 0 ? await askRequired(asked, { ledger, record, ...asking }) : []
  if (install === undefined) await ledger.keepInherited(inherited)
  else await ledger.install({ asked, decisions, inherited }, install)
}

interface RequiredQuestion extends Pick<Admission, 'ledger' | 'signals' | 'ask' | 'throwIfOver'> {
  readonly record: ((decisions: readonly ParsedDecision[]) => Promise<void>) | undefined
}

async function askRequired(
  asked: readonly PermissionEntry[], { ledger, record, signals, ask, throwIfOver }: RequiredQuestion,
): Promise<readonly ParsedDecision[]> {
  const denied = (decisions: readonly ParsedDecision[]): readonly PermissionEntry[] => asked.filter((_, index) => decisions[index]?.word === 'deny')
  const answer = await ask({
    entries: asked, when: 'install', isNeeded: () => true, by: 'host', signals,
    apply: async (decisions) => (denied(decisions).length > 0 ? ledger.noteDenials(denied(decisions)) : record?.(decisions)),
  })
  throwIfOver()
  if (answer.kind === 'unkept') throw answer.error
  if (answer.kind !== 'decided') throw deniedError(namesOf(asked), answer.kind === 'unanswered' ? answer.why : 'left')
  if (denied(answer.decisions).length > 0) throw deniedError(namesOf(denied(answer.decisions)))
  return answer.decisions
}

/** Bytes without a URL are anybody's: whoever gets them installed under an id must not find the id's grants. */
export function keepsGrants({ origin }: ExtensionIdentity, policy: HostPolicy | undefined): boolean {
  return origin !== LOCAL_ORIGIN && policy?.newCode !== 'ask'
}

export function namesOf(entries: readonly PermissionEntry[]): readonly PermissionName[] {
  return entries.map(({ permission }) => permission.name)
}
