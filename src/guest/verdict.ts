/**
 * What a lane's engine finds about a guest, as an error on its way to the page: under a name that no error of a guest's keeps.
 */
import type { ErrorRecord } from '../wire/payload.ts'

export const VERDICT_NAME = 'GloveboxVerdict'

const MAX_NAME = 128
export const MAX_TEXT = 8192

export type Verdict =
  | 'crashed' | 'stack-overflow' | 'memory-exceeded' | 'deadline-exceeded' | 'turn-exceeded'
  | 'export-missing' | 'value-unsupported' | 'message-too-large' | 'handle-stale' | 'too-many-handles'

const MESSAGES: Readonly<Record<Verdict, string>> = Object.freeze({
  'crashed': 'The virtual machine stopped.',
  'stack-overflow': 'The code recursed too deep.',
  'memory-exceeded': 'The memory is full.',
  'deadline-exceeded': 'The code ran past its deadline.',
  'turn-exceeded': 'The code ran too long outside a call.',
  'export-missing': 'There is no such function.',
  'value-unsupported': 'The value has a part that cannot cross.',
  'message-too-large': 'The value is too large for one message.',
  'handle-stale': 'The object behind a handle is gone.',
  'too-many-handles': 'Too many objects are open.',
})
const VERDICTS: ReadonlySet<string> = new Set(Object.keys(MESSAGES))

export function verdict(code: Verdict, message: string = MESSAGES[code], stack = ''): ErrorRecord {
  return { name: VERDICT_NAME, message, code, stack }
}

/** What a guest threw is text to be capped. */
export function thrown({ name, message, code, stack }: ErrorRecord): ErrorRecord {
  const shownName = name === '' || name === VERDICT_NAME ? 'Error' : cap(name, MAX_NAME)
  return { name: shownName, message: cap(message, MAX_TEXT), code: cap(code, MAX_NAME), stack: cap(stack, MAX_TEXT) }
}

export function isVerdict(text: string): text is Verdict {
  return VERDICTS.has(text)
}

export function cap(text: string, length: number): string {
  return text.length > length ? text.slice(0, length) : text
}
