/**
 * The shape of a manifest as a valibot schema, part of what is loaded with the first package. Relations between fields (entry in files,
 * duplicates) are in relations.ts, so that they are reported even where a shape is wrong.
 */
import * as v from 'valibot'
import { parseDigest } from './digest.ts'
import { LIMIT_RANGE } from './limits.ts'
import type { Limits } from './limits.ts'
import { links, provides } from './link-schema.ts'
import { CORE_ABIS, LANES, MAX_FILES } from './manifest.ts'
import type { DeclaredManifest } from './manifest.ts'
import { pathProblem } from './path.ts'
import { extensionId, permission } from './permission-schema.ts'
import { describe } from './problem.ts'
import { expected, isLine, list, number, prose, strict, text } from './schema-parts.ts'
import { isVersion } from './version.ts'

const MAX_CONFIG_ENTRIES = 256

function manifestSchema(): v.GenericSchema<unknown, DeclaredManifest> {
  return strict({
    id: extensionId(),
    name: text('a name of 1 to 80 characters without control characters', (name) => isLine(name, 1, 80)),
    version: text('a semantic version such as "1.2.0"', isVersion),
    description: v.optional(prose(1000), ''),
    lane: v.picklist(LANES, expected('"script", "component" or "core"')),
    entry: filePath(),
    core: v.exactOptional(coreOptions()),
    config: v.exactOptional(config()),
    lifetime: v.optional(v.picklist(['session', 'call'], expected('"session" or "call"')), 'session'),
    files: list(file(), 1, MAX_FILES),
    permissions: v.optional(list(permission(), 0, 64), []),
    optionalPermissions: v.optional(list(permission(), 0, 64), []),
    links: v.exactOptional(links()),
    provides: v.exactOptional(provides()),
    limits: v.optional(limits(), {}),
  })
}

function coreOptions() {
  const pages = (min: number) => number(`a number of 64 KiB pages from ${min} to 65536`, (value) => Number.isInteger(value) && value >= min && value <= 65_536)
  return strict({
    abi: v.picklist(CORE_ABIS, expected('"wasi", "json" or "extism"')),
    allocator: v.exactOptional(text('the name of an export, at most 128 characters', (name) => isLine(name, 1, 128))),
    memoryPages: v.exactOptional(pages(0)),
    maxMemoryPages: v.exactOptional(pages(1)),
  })
}

function config() {
  const message = expected(`an object of at most ${MAX_CONFIG_ENTRIES} texts`)
  const value = text('a text of at most 65536 characters', (content) => content.length <= 65_536 && !/\p{Cs}/u.test(content))
  const key = text('a name of at most 256 characters', (name) => isLine(name, 1, 256))
  return v.pipe(
    v.record(key, value, message),
    v.check((entries) => Object.keys(entries).length <= MAX_CONFIG_ENTRIES, message),
  )
}

function file() {
  const size = number('a size in bytes, an integer from 0', (bytes) => Number.isSafeInteger(bytes) && bytes >= 0)
  const digest = v.pipe(
    text('a digest "sha256:<64 lowercase hex digits>"', (value) => /^sha256:[0-9a-f]{64}$/.test(value)),
    v.transform((value: string) => parseDigest(value)),
  )
  const detailed = strict({ path: filePath(), size: v.exactOptional(size), digest: v.exactOptional(digest) })
  const plain = v.pipe(
    filePath(),
    v.transform((path) => ({ path })),
  )
  // Chosen by the kind of the value, not by a union: a union would blur the path of what is wrong inside.
  return v.lazy((input) => (typeof input === 'object' ? detailed : plain))
}

export function limits() {
  const entry = (name: keyof Limits) => {
    const [min, max] = LIMIT_RANGE[name]
    return v.exactOptional(number(`an integer from ${min} to ${max}`, (value) => Number.isInteger(value) && value >= min && value <= max))
  }
  const names = Object.keys(LIMIT_RANGE) as (keyof Limits)[] // LIMIT_RANGE has exactly these keys by its type
  // Built from all names.
  const entries = Object.fromEntries(names.map((name) => [name, entry(name)])) as { [K in keyof Limits]: ReturnType<typeof entry> }
  return strict(entries)
}

function filePath() {
  return v.pipe(
    v.string(expected('a relative path such as "src/main.js"')),
    v.check(
      (path) => pathProblem(path) === undefined,
      (issue) => `expected a relative path, got ${describe(issue.input)}, which ${pathProblem(String(issue.input))}`,
    ),
  )
}

/** What `safeParse` makes of a manifest: its shape, and every problem of it. */
export function checkShape(raw: unknown): ReturnType<typeof v.safeParse<v.GenericSchema<unknown, DeclaredManifest>>> {
  return v.safeParse(manifestSchema(), raw)
}
