/** What there is to know of one kind of scope. Exact comparison of parsed values only: every published hole of this kind was a match that was not exact. */
import type { ScopeUse } from '../../manifest/authorization.ts'

export interface ScopeKind<S extends object> {
  /** A fresh frozen scope from a stranger's value (a store, a policy), or undefined where it is none. */
  parse(input: object): S | undefined
  /** True when `use` lies wholly inside. Uses of other kinds never do. */
  covers(scope: S, use: ScopeUse): boolean
  /** True when everything that `asked` covers is covered by `granted` too: no reason to ask again. */
  isWithin(asked: S, granted: S): boolean
  /** What both cover, or undefined where that is nothing. */
  intersect(one: S, other: S): S | undefined
}

/** Twice what a manifest may list: as many as two lists have in common at most. */
export const MAX_ENTRIES = 128

export function parseStrings(input: unknown): readonly string[] | undefined {
  if (!Array.isArray(input) || input.length > MAX_ENTRIES) return undefined
  const strings: string[] = []
  for (const item of input as readonly unknown[]) { // an array by the check above
    if (typeof item !== 'string') return undefined
    strings.push(item)
  }
  return Object.freeze(strings)
}

/** Of an optional list: absent stays absent, anything else must be one. */
export function parseOptionalStrings(input: unknown): readonly string[] | undefined | 'wrong' {
  return input === undefined ? undefined : (parseStrings(input) ?? 'wrong')
}

/** Of every pair the narrower entry, where one lies within the other. */
export function narrower<T>(one: readonly T[], other: readonly T[], isWithin: (inner: T, outer: T) => boolean): readonly T[] {
  const inner = one.filter((item) => other.some((outer) => isWithin(item, outer)))
  return Object.freeze([...new Set([...inner, ...other.filter((item) => one.some((outer) => isWithin(item, outer)))])])
}
