/** What must hold between `links`, `provides` and the rest of a manifest. Reads the raw JSON, like relations.ts. */
import { interfaceName, MAX_PERMISSION_SETS } from './link.ts'
import { describe, jsonPath } from './problem.ts'

export function linkProblems(raw: unknown): readonly string[] {
  return [...callerProblems(raw), ...providerProblems(raw)]
}

function callerProblems(raw: unknown): readonly string[] {
  const links = field(raw, 'links')
  if (typeof links !== 'object' || links === null) return []
  const calls = asked(raw).filter((permission) => field(permission, 'name') === 'extension:call')
  const callable = new Set(calls.flatMap((permission) => items(field(permission, 'scope'), 'extensions')))
  const interfaces = new Set<string>()
  const problems = Object.entries(links).flatMap(([name, link]) => {
    const at = (...keys: readonly string[]): string => jsonPath(['links', name, ...keys])
    const [extension, wit] = [field(link, 'extension'), field(link, 'interface')]
    const isAgain = typeof wit === 'string' && interfaces.has(interfaceName(wit))
    if (typeof wit === 'string') interfaces.add(interfaceName(wit))
    return [
      ...(wit !== undefined && field(link, 'exports') !== undefined ? [`${at()}: expected "interface" or "exports", got both`] : []),
      ...(isAgain ? [`${at('interface')}: ${describe(wit)} is linked twice; an import has one source`] : []),
      ...(extension !== undefined && extension === field(raw, 'id') ? [`${at('extension')}: an extension does not call itself`] : []),
      ...(typeof extension === 'string' && !callable.has(extension)
        ? [`${at('extension')}: ${describe(extension)} is in no scope of a permission "extension:call"; ask for it`] : []),
    ]
  })
  return field(raw, 'lane') === 'core' ? ['$.links: expected only with the lanes "script" and "component"; remove it', ...problems] : problems
}

function providerProblems(raw: unknown): readonly string[] {
  const own = new Set(asked(raw).map((permission) => field(permission, 'name')))
  const seen = new Set<string>()
  const sets = new Set<string>()
  const problems = items(raw, 'provides').flatMap((provided, index) => {
    const at = jsonPath(['provides', index])
    const [name, wit] = [field(provided, 'export'), field(provided, 'interface')]
    const what = typeof wit === 'string' ? interfaceName(wit) : name
    const permissions = items(provided, 'permissions')
    const isAgain = typeof what === 'string' && seen.has(what)
    if (typeof what === 'string') seen.add(what)
    sets.add(permissions.map(String).sort().join())
    return [
      ...((name === undefined) === (wit === undefined) ? [`${at}: expected either "export" or "interface"`] : []),
      ...(isAgain ? [`${at}: ${describe(what)} is there twice; write it once`] : []),
      ...(wit !== undefined && field(raw, 'lane') === 'core' ? [`${at}.interface: a core module has no interfaces; list its exports`] : []),
      ...(new Set(permissions).size < permissions.length ? [`${at}.permissions: one is there twice; write it once`] : []),
      ...permissions.filter((permission) => !own.has(permission))
        .map((permission) => `${at}.permissions: ${describe(permission)} is not among those that the manifest asks for`),
    ]
  })
  if (sets.size <= MAX_PERMISSION_SETS) return problems
  return [`$.provides: expected at most ${MAX_PERMISSION_SETS} different lists of permissions, got ${sets.size}`, ...problems]
}

function asked(raw: unknown): readonly unknown[] {
  return [...items(raw, 'permissions'), ...items(raw, 'optionalPermissions')]
}

function items(raw: unknown, key: string): readonly unknown[] {
  const value = field(raw, key)
  return Array.isArray(value) ? value : []
}

function field(raw: unknown, key: string): unknown {
  return typeof raw === 'object' && raw !== null ? Object.getOwnPropertyDescriptor(raw, key)?.value : undefined
}
