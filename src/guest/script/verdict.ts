/**
 * Errors on their way out of the VM. What a guest threw is text to be capped; what the engine found is a verdict, under a name that no
 * error of a guest's keeps.
 */
import type { BridgeValue } from './bridge.ts'
import type { ErrorRecord } from '../../wire/payload.ts'

export const VERDICT_NAME = 'GloveboxVerdict'

export type Verdict =
  | 'crashed' | 'stack-overflow' | 'memory-exceeded' | 'deadline-exceeded' | 'turn-exceeded'
  | 'export-missing' | 'value-unsupported' | 'message-too-large'

const MESSAGES: Readonly<Record<Verdict, string>> = Object.freeze({
  'crashed': 'The virtual machine stopped.',
  'stack-overflow': 'The code recursed too deep.',
  'memory-exceeded': 'The memory is full.',
  'deadline-exceeded': 'The code ran past its deadline.',
  'turn-exceeded': 'The code ran too long outside a call.',
  'export-missing': 'There is no such function.',
  'value-unsupported': 'The value has a part that cannot cross.',
  'message-too-large': 'The value is too large for one message.',
})
const VERDICTS: ReadonlySet<string> = new Set(Object.keys(MESSAGES))

const MAX_NAME = 128
const MAX_TEXT = 8192

export function verdict(code: Verdict, message: string = MESSAGES[code], stack = ''): ErrorRecord {
  return { name: VERDICT_NAME, message, code, stack }
}

/**
 * From the prelude's description: verdict ('' when the guest threw), name, message, code, stack, path. QuickJS throws null when there is
 * no room even for its error.
 * @param cleanStack  the stack as its author wants to see it
 */
export function readGuestError(parts: readonly BridgeValue[], isMemoryFull: () => boolean, cleanStack: (stack: string) => string): ErrorRecord {
  const [kind = '', name = '', message = '', code = '', stack = '', path = ''] = parts.map((part) => (typeof part === 'string' ? part : ''))
  const frames = cleanStack(stack)
  if (kind === 'null-thrown' && isMemoryFull()) return verdict('memory-exceeded')
  if (isVerdict(kind)) {
    const record = verdict(kind, message === '' ? MESSAGES[kind] : cap(message, MAX_TEXT), frames)
    return path === '' ? record : { ...record, path: cap(path, MAX_TEXT) }
  }
  const shownName = name === '' || name === VERDICT_NAME ? 'Error' : cap(name, MAX_NAME)
  return { name: shownName, message: cap(message, MAX_TEXT), code: cap(code, MAX_NAME), stack: frames }
}

function isVerdict(text: string): text is Verdict {
  return VERDICTS.has(text)
}

function cap(text: string, length: number): string {
  return text.length > length ? text.slice(0, length) : text
}
