/**
 * Whether a pattern without the flag `m` can match at index 0 only: every alternative begins with `^`, itself or in a group that has to
 * match. Patterns it is not sure of (lookarounds, modifiers, the set notation of `v`) count as not anchored.
 */

interface Group {
  /** Of all alternatives so far. */
  isAnchored: boolean
  /** Of the present alternative. */
  hasAnchor: boolean
  /** Nothing of the present alternative was read. */
  isAtStart: boolean
  /** It began an alternative of the group around it. */
  readonly isFirst: boolean
  /** A kind whose inside says nothing. */
  readonly isOpaque: boolean
}

const QUANTIFIERS = '*?{'

export function isAnchored(source: string): boolean {
  if (source[0] !== '^' && source[0] !== '(') return false
  const groups = [openGroup(false, false)]
  for (let at = 0; at < source.length; at += 1) {
    const group = groups[groups.length - 1]
    const char = source[at]
    if (group === undefined) return false
    if (char === '|') {
      endAlternative(group)
      group.hasAnchor = false
      group.isAtStart = true
    } else if (char === '(') {
      const start = startOfGroup(source, at)
      groups.push(openGroup(group.isAtStart, start < 0))
      if (start > 0) at = start
    } else if (char === ')') {
      groups.pop()
      closeGroup(group, groups[groups.length - 1], source[at + 1])
    } else {
      if (char === '^' && group.isAtStart) group.hasAnchor = true
      group.isAtStart = false
      if (char === '\\') at += 1
      else if (char === '[') at = endOfClass(source, at)
    }
  }
  const [whole] = groups
  if (whole === undefined) return false
  endAlternative(whole)
  return whole.isAnchored
}

function openGroup(isFirst: boolean, isOpaque: boolean): Group {
  return { isAnchored: true, hasAnchor: false, isAtStart: true, isFirst, isOpaque }
}

function endAlternative(group: Group): void {
  if (!group.hasAnchor) group.isAnchored = false
}

function closeGroup(group: Group, around: Group | undefined, next: string | undefined): void {
  endAlternative(group)
  if (around === undefined) return
  const mustMatch = next === undefined || !QUANTIFIERS.includes(next)
  if (group.isFirst && group.isAnchored && !group.isOpaque && mustMatch) around.hasAnchor = true
  around.isAtStart = false
}

/** Last character of `(`, `(?:` or `(?<name>`; -1 for a lookaround or `(?i:`. */
function startOfGroup(source: string, at: number): number {
  if (source[at + 1] !== '?') return at
  if (source[at + 2] === ':') return at + 2
  return source[at + 2] === '<' && source[at + 3] !== '=' && source[at + 3] !== '!' ? source.indexOf('>', at) : -1
}

function endOfClass(source: string, start: number): number {
  for (let at = start + 1; at < source.length; at += 1) {
    if (source[at] === '\\') at += 1
    else if (source[at] === ']') return at
  }
  return source.length
}
