/**
 * The smallest scope, as a manifest can write it, that covers what was used. Grows use by use; where a manifest's 64 entries do not
 * suffice, entries are folded into what they have in common.
 */
import type { ScopeUse } from '../manifest/authorization.ts'
import { isWithinFilter } from '../manifest/device-filter.ts'
import { httpOrigin, parseUrl } from '../manifest/origin.ts'
import { isBelow } from '../manifest/path-prefix.ts'
import { isProvidedNeed } from '../manifest/provided-name.ts'
import type { DeviceScope, FileScope, HttpScope, Scope } from '../manifest/permission.ts'

const MAX_ENTRIES = 64
const MAX_TEXT = 256
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u

/** @param redirected  the use is where a redirect led */
export function widen(scope: Scope | undefined, use: ScopeUse, redirected: boolean): Scope {
  const fields = new Map<string, unknown>(Object.entries(scope ?? {}))
  const texts = (name: string): readonly string[] => (fields.get(name) ?? []) as readonly string[] // our own scope of before
  switch (use.kind) {
    case 'http':
      return widenHttp(scope as HttpScope | undefined, use, redirected) // of the same permission
    case 'storage':
    case 'storage-prefix':
      return { prefixes: addPrefix(texts('prefixes'), use.kind === 'storage' ? use.key : use.prefix) }
    case 'file':
      return { ...(scope as FileScope | undefined), directories: add(texts('directories'), use.directory) } // of the same permission
    case 'file-picked':
      return { directories: texts('directories'), picked: true }
    case 'secret':
      return { secrets: add(texts('secrets'), use.name) }
    case 'secrets': // the names that are told are uses of their own
      return { secrets: texts('secrets') }
    case 'event':
      return { events: add(texts('events'), use.name) }
    case 'collection':
      return { collections: add(texts('collections'), use.name) }
    case 'extension':
      return { extensions: add(texts('extensions'), use.id) }
    case 'provided':
      // A name that the app does not have is asked for too, whatever it looks like.
      return { capabilities: isProvidedNeed(use.name) ? add(texts('capabilities'), use.name) : texts('capabilities') }
    case 'device':
      return widenDevices(scope as DeviceScope | undefined, use.filters) // of the same permission
    case 'plain':
      return {}
  }
}

function widenHttp(scope: HttpScope | undefined, use: Extract<ScopeUse, { kind: 'http' }>, redirected: boolean): HttpScope {
  const paths = scope === undefined ? addPath([], use.path) : scope.paths && addPath(scope.paths, use.path)
  return {
    origins: add(scope?.origins ?? [], httpOrigin(use.origin) ?? use.origin),
    redirects: redirected || scope?.redirects === true,
    ...(paths && { paths }),
    methods: add(scope?.methods ?? [], use.method),
  }
}

/** One that is asked for as a whole is not within one of its products. */
function widenDevices(scope: DeviceScope | undefined, asked: DeviceScope['filters']): DeviceScope {
  if (asked === undefined || (scope !== undefined && scope.filters === undefined)) return {}
  const before = scope?.filters ?? []
  const filters = [...before, ...asked.filter((one) => !before.some((other) => isWithinFilter(one, other)))]
  return filters.length <= MAX_ENTRIES ? { filters } : {}
}

function add(list: readonly string[], name: string): readonly string[] {
  return list.includes(name) || list.length >= MAX_ENTRIES ? list : [...list, name]
}

/** Undefined: every path, where a manifest cannot write this one. */
function addPath(paths: readonly string[], path: string): readonly string[] | undefined {
  const isPlain = path.length <= MAX_TEXT && !UNSEEN.test(path) && parseUrl(`https://x${path}`)?.pathname === path
  if (!isPlain || !isBelow(path, ['/'])) return undefined
  const isIn = (one: string, other: string): boolean => isBelow(one, [other])
  let folded = withoutInner([...paths, path], isIn)
  while (folded.length > MAX_ENTRIES) {
    const depth = Math.max(...folded.map(depthOf))
    folded = withoutInner(folded.map((one) => (depthOf(one) === depth ? parentOf(one) : one)), isIn)
  }
  return folded
}

function depthOf(path: string): number {
  return path.split('/').length
}

function parentOf(path: string): string {
  return path.slice(0, path.replace(/\/$/, '').lastIndexOf('/')) || '/'
}

function addPrefix(prefixes: readonly string[], text: string): readonly string[] {
  const unseen = text.search(UNSEEN)
  const all = withoutInner([...prefixes, text.slice(0, Math.min(MAX_TEXT, unseen < 0 ? MAX_TEXT : unseen))], (one, other) => one.startsWith(other))
  if (all.length <= MAX_ENTRIES) return all
  const sorted = [...all].sort()
  const common = sorted.slice(1).map((one, index) => commonStart(sorted[index] ?? '', one))
  const longest = common.reduce((best, one) => (one.length > best.length ? one : best))
  return withoutInner([...sorted, longest], (one, other) => one.startsWith(other))
}

function commonStart(one: string, other: string): string {
  let end = 0
  while (end < one.length && one[end] === other[end]) end++
  return one.slice(0, end)
}

/** Each once, and none that lies within another. */
function withoutInner(list: readonly string[], isIn: (one: string, other: string) => boolean): readonly string[] {
  const once = [...new Set(list)]
  return once.filter((one) => !once.some((other) => other !== one && isIn(one, other)))
}
