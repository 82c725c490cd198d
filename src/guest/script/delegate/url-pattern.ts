/**
 * URLPattern by the worker's own, stateless: the guest holds the parts of a pattern. A few compiled ones are kept, since routers match the
 * same again and again. A pattern may hold a slow regular expression: like every native loop it ends at the page's deadline.
 */
import { DelegateError, type BridgeValue, type Delegate } from '../bridge.ts'

// Captured now: the worker's lockdown removes what it does not know.
const Native = Reflect.get(globalThis, 'URLPattern') as typeof URLPattern | undefined // missing in some browsers

const COMPONENTS = ['protocol', 'username', 'password', 'hostname', 'port', 'pathname', 'search', 'hash'] as const
type Op = (args: readonly BridgeValue[]) => BridgeValue

const INIT_KEYS: ReadonlySet<string> = new Set([...COMPONENTS, 'baseURL'])

const MAX_KEPT = 64
const MAX_KEPT_TEXT = 2048

const kept = new Map<string, URLPattern>()

export const urlPatternDelegate: Delegate = new Map<string, Op>([
  /** False in browsers without it: the guest's own is used then. */
  ['url-pattern.has', () => Native !== undefined],
  /** The pattern of each component, and whether any has a group of its own, as JSON. */
  ['url-pattern.parse', ([input, base, ignoreCase]) => {
    const pattern = findPattern(input, base, ignoreCase)
    return JSON.stringify([...COMPONENTS.map((name) => pattern[name]), pattern.hasRegExpGroups])
  }],
  // The pattern is what the guest made it of: its components alone would lose what is not their default.
  ['url-pattern.test', ([pattern, patternBase, ignoreCase, ...inputs]) => {
    return findPattern(pattern, patternBase, ignoreCase).test(toInput(inputs[0]), toBase(inputs[1]))
  }],
  /** What each component matched, in order, as JSON; null where nothing did. */
  ['url-pattern.exec', ([pattern, patternBase, ignoreCase, ...inputs]) => {
    const result = findPattern(pattern, patternBase, ignoreCase).exec(toInput(inputs[0]), toBase(inputs[1]))
    return result === null ? null : JSON.stringify(COMPONENTS.map((name) => [result[name].input, Object.entries(result[name].groups)]))
  }],
])

function findPattern(input: BridgeValue, base: BridgeValue, ignoreCase: BridgeValue): URLPattern {
  if (Native === undefined) throw new DelegateError('TypeError', 'This browser has no URLPattern')
  const key = JSON.stringify([input, base, ignoreCase])
  const known = kept.get(key)
  if (known !== undefined) return known
  const options = { ignoreCase: ignoreCase === true }
  const given = toBase(base)
  const pattern = given === undefined ? new Native(toInput(input), options) : new Native(toInput(input), given, options)
  if (key.length > MAX_KEPT_TEXT) return pattern
  const oldest = kept.size >= MAX_KEPT ? [...kept.keys()][0] : undefined
  if (oldest !== undefined) kept.delete(oldest)
  kept.set(key, pattern)
  return pattern
}

function toBase(base: BridgeValue): string | undefined {
  return typeof base === 'string' ? base : undefined
}

/** JSON of a text or of an init: only its known members, only texts. */
function toInput(value: BridgeValue): string | Record<string, string> {
  const input: unknown = typeof value === 'string' ? JSON.parse(value) : undefined
  if (typeof input === 'string') return input
  if (typeof input !== 'object' || input === null) throw new DelegateError('TypeError', 'Not a pattern')
  const init: Record<string, string> = {}
  for (const [key, text] of Object.entries(input)) if (INIT_KEYS.has(key) && typeof text === 'string') init[key] = text
  return init
}
