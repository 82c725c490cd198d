/**
 * One dialog at a time. Equal questions share a dialog, every waiter may leave on its own, and a dialog that nobody waits for is closed.
 * Whatever goes wrong with a dialog ends as `unanswered`, which the broker treats as a denial and forgets.
 */
import type { ExtensionKey } from '../manifest/identity.ts'
import type { SetTimer } from '../util/timer.ts'
import type { ParsedDecision } from './decision.ts'
import { parseDecisions } from './decision.ts'
import { FloodGuard } from './flood-guard.ts'
import { addCallers, type Prompt, type PromptRequest } from './prompt.ts'

const SILENCE_MS = 120_000
/** Of one extension; half of them, where it is asked for others. */
const MAX_WAITING = 8

/** How a question ended for one waiter. */
export type PromptAnswer =
  /** `isFirst`: of all who waited, this one asked first, or is part of the same use. What is allowed once is allowed to that one use. */
  | { readonly kind: 'decided'; readonly decisions: readonly ParsedDecision[]; readonly isFirst: boolean }
  /** Something else settled the matter while the question stood in the queue: look again. */
  | { readonly kind: 'moot' }
  | { readonly kind: 'unanswered'; readonly why: UnansweredReason }
  /** The user decided, and `apply` failed with this. */
  | { readonly kind: 'unkept'; readonly error: unknown }

export type UnansweredReason = 'no-prompt' | 'threw' | 'malformed' | 'silence' | 'gesture' | 'flood' | 'queue-full' | 'left' | 'disposed'

export interface AskOptions {
  readonly key: ExtensionKey
  /** Only questions of one asker are shared. */
  readonly asker: object
  readonly request: PromptRequest
  /** The waiter leaves when this aborts. */
  readonly signal: AbortSignal
  /** Asked again when the question's turn comes. */
  readonly isNeeded: () => boolean
  /** Puts the decisions into effect, once for all who wait and before the next question: it may be settled by them. */
  readonly apply: (decisions: readonly ParsedDecision[]) => Promise<void>
  /** `host`: no guard stands in its way. `guest`: of its own accord, by `request()`. `use`: because it uses the permission. */
  readonly by: 'host' | 'guest' | 'use'
  /** Ids of those it is asked for, as far as they are certain: how it ends is counted as theirs. Undefined: the extension asks for itself. */
  readonly payers?: readonly string[] | undefined
  /** Those with the same one are one use. Default: each is one of its own. */
  readonly use?: object | undefined
}

/** Who asks, and for whom. */
export type AskedFor = Pick<AskOptions, 'key' | 'payers' | 'request'>

export interface PromptQueueOptions {
  /** Undefined: nobody can be asked, everything is unanswered. */
  readonly prompt: Prompt | undefined
  readonly now: () => number
  readonly setTimer: SetTimer
  /** Has the user just done something for which a guest may ask of its own accord? Default: always. */
  readonly hasGesture?: (key: ExtensionKey) => boolean
  /** May one more question of a guest's be asked? Counts it when it may. Default: always. */
  readonly takePrompt?: (asked: AskedFor) => boolean
  /** A question was not asked: too many wait, or a guest has asked too often. Not where `takePrompt` said no. */
  readonly onRefused?: (asked: AskedFor, why: 'flood' | 'queue-full') => void
  /** The extension's first question began to wait for the user: its deadlines should stand still. Always followed by `onClose`. */
  readonly onOpen?: (key: ExtensionKey) => void
  /** None of the extension's questions waits any more. */
  readonly onClose?: (key: ExtensionKey) => void
}

interface Question {
  readonly id: string
  readonly options: AskOptions
  /** As it is shown, or will be. */
  request: PromptRequest
  isShown: boolean
  readonly closing: AbortController
  /** In the order in which they came; each with its use. */
  readonly waiters: Map<(answer: PromptAnswer) => void, object>
  /** The user has decided: what they said holds, also when nobody waits any more. */
  isAnswered: boolean
  isOver: boolean
}

export class PromptQueue {
  readonly #options: PromptQueueOptions
  readonly #guard: FloodGuard
  /** In order; the first one's dialog is open. */
  readonly #questions: Question[] = []
  #isDisposed = false

  constructor(options: PromptQueueOptions) {
    this.#options = options
    this.#guard = new FloodGuard(options.now)
  }

  /** Never rejects, always settles. */
  ask(options: AskOptions): Promise<PromptAnswer> {
    const refusal = this.#refusal(options)
    if (refusal === 'flood') this.#options.onRefused?.(options, refusal)
    if (refusal !== undefined) return Promise.resolve({ kind: 'unanswered', why: refusal })
    const id = JSON.stringify([options.key, options.request.extension.digest, options.request.when, options.request.permissions])
    const known = this.#questions.find((question) => question.id === id && question.options.asker === options.asker && joins(question, options.request))
    if (known !== undefined) return this.#wait(known, options)
    if (this.#questions.filter((question) => question.options.key === options.key).length >= (options.payers === undefined ? MAX_WAITING : MAX_WAITING / 2)) {
      this.#options.onRefused?.(options, 'queue-full')
      return Promise.resolve({ kind: 'unanswered', why: 'queue-full' })
    }
    const objection = this.#objection(options)
    if (objection !== undefined) return Promise.resolve({ kind: 'unanswered', why: objection })
    const question: Question = { id, options, request: options.request, isShown: false, closing: new AbortController(), waiters: new Map(), isAnswered: false, isOver: false }
    const answer = this.#wait(question, options)
    this.#add(question)
    return answer
  }

  /** Ends every question as unanswered. Idempotent. */
  dispose(): void {
    this.#isDisposed = true
    for (const question of [...this.#questions]) this.#end(question, () => ({ kind: 'unanswered', why: 'disposed' }))
  }

  #refusal({ request, signal, by, ...asker }: AskOptions): UnansweredReason | undefined {
    if (this.#isDisposed) return 'disposed'
    if (signal.aborted) return 'left'
    if (this.#options.prompt === undefined) return 'no-prompt'
    const names = request.permissions.map(({ name }) => name)
    return by !== 'host' && this.#guard.isShut(asker, names) ? 'flood' : undefined
  }

  /** To one more question of a guest's; counts it where there is none. */
  #objection(asked: AskOptions): UnansweredReason | undefined {
    const { key, by } = asked
    // One that waits would come without a gesture, when what is open now has been answered.
    if (by === 'guest' && (this.#questions.length > 0 || this.#options.hasGesture?.(key) === false)) return 'gesture'
    if (by === 'guest' && !this.#guard.admitsRequest(asked)) {
      this.#options.onRefused?.(asked, 'flood')
      return 'flood'
    }
    return by !== 'host' && this.#options.takePrompt?.(asked) === false ? 'flood' : undefined
  }

  #wait(question: Question, { signal, use }: AskOptions): Promise<PromptAnswer> {
    return new Promise((resolve) => {
      const settle = (answer: PromptAnswer): void => {
        signal.removeEventListener('abort', leave)
        question.waiters.delete(settle)
        resolve(answer)
      }
      const leave = (): void => {
        settle({ kind: 'unanswered', why: 'left' })
        if (question.waiters.size === 0 && !question.isAnswered) this.#endUnanswered(question, 'left')
      }
      question.waiters.set(settle, use ?? settle)
      signal.addEventListener('abort', leave)
    })
  }

  #add(question: Question): void {
    const { key } = question.options
    const isFirstOfKey = !this.#questions.some((other) => other.options.key === key)
    this.#questions.push(question)
    if (isFirstOfKey) this.#options.onOpen?.(key)
    if (this.#questions[0] === question) void this.#show(question)
  }

  async #show(question: Question): Promise<void> {
    const { options, closing } = question
    const { prompt } = this.#options
    if (question.isOver || prompt === undefined) return
    if (!options.isNeeded()) return this.#end(question, () => ({ kind: 'moot' }))
    const cancelTimer = this.#options.setTimer(() => this.#endUnanswered(question, 'silence'), SILENCE_MS)
    closing.signal.addEventListener('abort', cancelTimer)
    question.isShown = true
    const decisions = await answerOf(prompt, question.request, { signal: closing.signal, now: this.#options.now })
    cancelTimer()
    if (question.isOver) return
    if (decisions === 'threw' || decisions === 'malformed') return this.#endUnanswered(question, decisions)
    question.isAnswered = true
    try {
      await options.apply(decisions)
      this.#end(question, (isFirst) => ({ kind: 'decided', decisions, isFirst }))
    } catch (error) {
      this.#end(question, () => ({ kind: 'unkept', error }))
    }
  }

  #endUnanswered(question: Question, why: UnansweredReason): void {
    if (question.isOver) return
    const { options } = question
    this.#guard.noteDenial(options, options.request.permissions.map(({ name }) => name))
    this.#end(question, () => ({ kind: 'unanswered', why }))
  }

  #end(question: Question, answer: (isFirst: boolean) => PromptAnswer): void {
    if (question.isOver) return
    question.isOver = true
    const wasOpen = this.#questions[0] === question
    this.#questions.splice(this.#questions.indexOf(question), 1)
    const [first] = question.waiters.values()
    for (const [settle, use] of [...question.waiters]) settle(answer(use === first))
    // Closes the dialog where it is still open, and ends its timer.
    question.closing.abort()
    const { key } = question.options
    if (!this.#questions.some((other) => other.options.key === key)) this.#options.onClose?.(key)
    const next = this.#questions[0]
    // Not at once: the same abort may be about to end the next one too, and its dialog would flash.
    if (wasOpen && next !== undefined && !this.#isDisposed) queueMicrotask(() => void this.#show(next))
  }
}

/** Nobody gets an answer that was not given about them: an open dialog is for the callers that it shows, one that waits will show all. */
function joins(question: Question, { onBehalfOf }: PromptRequest): boolean {
  const shown = question.request.onBehalfOf
  const more = onBehalfOf.filter((id) => !shown.includes(id))
  if (question.isShown) return more.length === 0
  question.request = addCallers(question.request, more)
  return true
}

/** What the dialog says, or how it failed. What it throws is no answer. */
async function answerOf(
  prompt: Prompt, request: PromptRequest, { signal, now }: { readonly signal: AbortSignal; readonly now: () => number },
): Promise<readonly ParsedDecision[] | 'threw' | 'malformed'> {
  try {
    const answer: unknown = await prompt(request, { signal })
    return parseDecisions(answer, request.permissions, now()) ?? 'malformed'
  } catch {
    return 'threw'
  }
}
