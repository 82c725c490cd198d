/**
 * What must hold between the fields of a manifest, and keys that no schema library can be trusted to see. Reads the raw JSON tolerantly
 * and reports beside the schema, so that an author sees every problem at once; nothing read here is used further.
 */
import { linkProblems } from './link-relations.ts'
import { MANIFEST_NAME, MAX_FILES } from './manifest.ts'
import { collisionProblems, pathProblem } from './path.ts'
import { describe, jsonPath } from './problem.ts'

const MAX_DEPTH = 16
const PROTOTYPE_KEYS: readonly string[] = ['__proto__', 'constructor', 'prototype']

export function relationProblems(raw: unknown): readonly string[] {
  return [...entryProblems(raw), ...laneProblems(raw), ...fileProblems(raw), ...permissionProblems(raw), ...directoryProblems(raw), ...linkProblems(raw)]
}

/** Own keys named like parts of the prototype chain (schema libraries skip them silently), and nesting that no manifest has. */
export function keyProblems(value: unknown, keys: readonly unknown[] = []): readonly string[] {
  if (typeof value !== 'object' || value === null) return []
  if (keys.length > MAX_DEPTH) return [`${jsonPath(keys)}: nested deeper than ${MAX_DEPTH}`]
  return Object.entries(value).flatMap(([key, item]) => {
    const path = [...keys, Array.isArray(value) ? Number(key) : key]
    return PROTOTYPE_KEYS.includes(key) ? [`${jsonPath(path)}: unknown key; remove it`] : keyProblems(item, path)
  })
}

function entryProblems(raw: unknown): readonly string[] {
  const entry = field(raw, 'entry')
  // A bad path and an empty list are the schema's to report.
  if (typeof entry !== 'string' || pathProblem(entry) !== undefined || paths(raw).length === 0 || paths(raw).includes(entry)) return []
  return [`$.entry: expected one of files, got ${describe(entry)}; list it in files`]
}

function laneProblems(raw: unknown): readonly string[] {
  const lane = field(raw, 'lane')
  const hasCore = field(raw, 'core') !== undefined
  const hasConfig = field(raw, 'config') !== undefined
  return [
    ...(lane === 'core' && !hasCore ? ['$.core: expected this key for the lane "core", got nothing; add { "abi": "wasi" | "json" | "extism" }'] : []),
    ...(lane !== 'core' && hasCore ? ['$.core: expected only with the lane "core"; remove it'] : []),
    ...(lane === 'script' && hasConfig ? ['$.config: expected only with the lanes "component" and "core"; a script imports a JSON file instead'] : []),
  ]
}

function fileProblems(raw: unknown): readonly string[] {
  // The schema reports a longer list; comparing its paths would be work for a stranger.
  const listed = [...paths(raw).slice(0, MAX_FILES).entries()].flatMap(([index, path]) => (path === undefined ? [] : [{ index, path }]))
  return collisionProblems(listed.map(({ path }) => path)).map(({ index, problem }) => {
    const place = listed[index]
    return `${jsonPath(['files', place?.index])}: ${describe(place?.path)} ${problem}; list each file once, ${MANIFEST_NAME} never`
  })
}

function permissionProblems(raw: unknown): readonly string[] {
  const asked = askedOf(raw)
  const names = asked.map(({ keys, item }) => ({ keys: [...keys, 'name'], value: field(item, 'name') }))
  const scopes = asked.flatMap(({ keys, item }) =>
    (['origins', 'paths', 'methods', 'prefixes', 'directories', 'secrets', 'events', 'collections', 'extensions'] as const).map((key) =>
      items(field(item, 'scope'), key).map((value, index) => ({ keys: [...keys, 'scope', key, index], value })),
    ),
  )
  return [names, ...scopes].flatMap(repeats)
}

/** Whoever cannot read a directory of its own does not get it at all: `file:write` alone would install, and never be of any use. */
function directoryProblems(raw: unknown): readonly string[] {
  const directoriesOf = (permission: string): readonly { readonly keys: readonly unknown[]; readonly value: unknown }[] =>
    askedOf(raw).filter(({ item }) => field(item, 'name') === permission).flatMap(({ keys, item }) =>
      items(field(item, 'scope'), 'directories').map((value, index) => ({ keys: [...keys, 'scope', 'directories', index], value })))
  const readable = new Set(directoriesOf('file:read').map(({ value }) => value))
  return directoriesOf('file:write').flatMap(({ keys, value }) =>
    readable.has(value) ? [] : [`${jsonPath(keys)}: ${describe(value)} is written, but no "file:read" names it; ask for "file:read" of it as well`])
}

function askedOf(raw: unknown): readonly { readonly keys: readonly unknown[]; readonly item: unknown }[] {
  return (['permissions', 'optionalPermissions'] as const).flatMap((key) => items(raw, key).map((item, index) => ({ keys: [key, index], item })))
}

function repeats(values: readonly { readonly keys: readonly unknown[]; readonly value: unknown }[]): readonly string[] {
  const seen = new Set<string>()
  return values.flatMap(({ keys, value }) => {
    if (typeof value !== 'string') return []
    if (seen.has(value)) return [`${jsonPath(keys)}: ${describe(value)} is there twice; write it once`]
    seen.add(value)
    return []
  })
}

function paths(raw: unknown): readonly (string | undefined)[] {
  return items(raw, 'files').map((file) => {
    const path = typeof file === 'string' ? file : field(file, 'path')
    return typeof path === 'string' ? path : undefined
  })
}

function items(raw: unknown, key: string): readonly unknown[] {
  const value = field(raw, key)
  return Array.isArray(value) ? value : []
}

function field(raw: unknown, key: string): unknown {
  return typeof raw === 'object' && raw !== null ? Object.getOwnPropertyDescriptor(raw, key)?.value : undefined
}
