/**
 * The shape of a manifest as a valibot schema, part of what is loaded with the first package. Relations between fields (entry in files,
 * duplicates) are in relations.ts, so that they are reported even where a shape is wrong.
 */
import * as v from 'valibot'
import { parseDigest } from './digest.ts'
import { LIMIT_RANGE } from './limits.ts'
import type { Limits } from './limits.ts'
import { CORE_ABIS, LANES, MAX_FILES } from './manifest.ts'
import type { DeclaredManifest } from './manifest.ts'
import { httpOrigin, parseUrl } from './origin.ts'
import { pathProblem } from './path.ts'
import { PERMISSION_NAMES } from './permission.ts'
import { describe } from './problem.ts'

type Issue = v.BaseIssue<unknown>

const ID = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)+$/
// semver.org 2.0.0, section 2 to 10.
const NUMBER = '(?:0|[1-9]\\d*)'
const PRE = `(?:${NUMBER}|\\d*[A-Za-z-][0-9A-Za-z-]*)`
const SEMVER = new RegExp(`^${NUMBER}\\.${NUMBER}\\.${NUMBER}(?:-${PRE}(?:\\.${PRE})*)?(?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?$`)
const CONTROL = /[\p{Cc}\p{Cs}]/u
const MAX_SCOPE_ENTRIES = 64
const MAX_CONFIG_ENTRIES = 256
/** Prefixes are shown in prompts exactly as they are: nothing in them may hide or turn the text around. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u
const HOST = /^(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:]+\])$/

function manifestSchema(): v.GenericSchema<unknown, DeclaredManifest> {
  return strict({
    id: text('a dotted lowercase id of 3 to 128 characters such as "com.acme.weather"', (id) => id.length >= 3 && id.length <= 128 && ID.test(id)),
    name: text('a name of 1 to 80 characters without control characters', (name) => isLine(name, 1, 80)),
    version: text('a semantic version such as "1.2.0"', (version) => version.length <= 128 && SEMVER.test(version)),
    description: v.optional(prose(1000), ''),
    lane: v.picklist(LANES, expected('"script", "component" or "core"')),
    entry: filePath(),
    core: v.exactOptional(coreOptions()),
    config: v.exactOptional(config()),
    lifetime: v.optional(v.picklist(['session', 'call'], expected('"session" or "call"')), 'session'),
    files: list(file(), 1, MAX_FILES),
    permissions: v.optional(list(permission(), 0, 64), []),
    optionalPermissions: v.optional(list(permission(), 0, 64), []),
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

function permission() {
  const origin = v.pipe(
    v.string(expected('an origin such as "https://api.example.com"')),
    v.check(
      (value) => originProblem(value) === undefined,
      (issue) => `expected an origin, got ${describe(issue.input)}, which ${originProblem(String(issue.input))}`,
    ),
  )
  const prefix = text('a key prefix of at most 256 characters ("" is every key)', (value) => value.length <= 256 && !UNSEEN.test(value))
  const httpScope = strict({
    origins: list(origin, 1, MAX_SCOPE_ENTRIES),
    redirects: v.optional(v.boolean(expected('true or false')), false),
  })
  const storageScope = strict({ prefixes: list(prefix, 1, MAX_SCOPE_ENTRIES) })
  const fileScope = strict({ directories: list(directory(), 1, MAX_SCOPE_ENTRIES) })
  const reason = v.optional(prose(500), '')
  return v.variant(
    'name',
    [
      strict({ name: v.picklist(['http:read', 'http:write']), scope: httpScope, reason }),
      strict({ name: v.picklist(['storage:read', 'storage:write']), scope: storageScope, reason }),
      strict({ name: v.picklist(['file:read', 'file:write']), scope: fileScope, reason }),
    ],
    expected(`a permission with the name ${PERMISSION_NAMES.map((name) => `"${name}"`).join(', ')}`),
  )
}

function directory() {
  const isDirectory = (path: string): boolean => path.startsWith('/') && pathProblem(path.slice(1)) === undefined
  return text('an absolute path of a directory such as "/data"', isDirectory)
}

function originProblem(value: string): string | undefined {
  const url = parseUrl(value)
  if (url === undefined) return 'is no URL'
  const origin = httpOrigin(url)
  if (origin === undefined) return 'is neither https nor http'
  if (!HOST.test(url.hostname)) return 'has a host that is no plain name or address (wildcards and a trailing dot are not allowed)'
  return origin === value ? undefined : `is not just scheme, host and port in their plain spelling; write ${JSON.stringify(origin.slice(0, 300))}`
}

function limits() {
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

function text(what: string, accepts: (value: string) => boolean) {
  return v.pipe(v.string(expected(what)), v.check(accepts, expected(what)))
}

function number(what: string, accepts: (value: number) => boolean) {
  return v.pipe(v.number(expected(what)), v.check(accepts, expected(what)))
}

function prose(max: number) {
  return text(`text of at most ${max} characters without control characters`, (value) => isLine(value.replace(/[\n\t]/g, ' '), 0, max))
}

function isLine(value: string, min: number, max: number): boolean {
  return value.trim().length >= min && value.length <= max && !CONTROL.test(value)
}

function list<Item extends v.GenericSchema<unknown, unknown>>(item: Item, min: number, max: number) {
  const message = expected(`an array of ${min} to ${max}`)
  return v.pipe(
    v.array(item, message),
    v.check((items) => items.length >= min && items.length <= max, message),
  )
}

/** An object of exactly these keys; every unknown key is a problem of its own (valibot's strictObject stops at the first). */
function strict<Entries extends v.ObjectEntries>(entries: Entries): v.ObjectSchema<Entries, undefined> {
  const unknownKey = v.never(`unknown key; known here: ${Object.keys(entries).join(', ')}`)
  // The same keys and output: what `rest` lets through is nothing, but its type would make every key `never`.
  return v.objectWithRest(entries, unknownKey, objectMessage) as unknown as v.ObjectSchema<Entries, undefined>
}

function objectMessage(issue: Issue): string {
  return issue.path?.at(-1)?.origin === 'key' ? 'expected this key, got nothing; add it' : `expected an object, got ${describe(issue.input)}`
}

function expected(what: string): (issue: Issue) => string {
  return (issue) => `expected ${what}, got ${describe(issue.input)}`
}

/** What `safeParse` makes of a manifest: its shape, and every problem of it. */
export function checkShape(raw: unknown): ReturnType<typeof v.safeParse<v.GenericSchema<unknown, DeclaredManifest>>> {
  return v.safeParse(manifestSchema(), raw)
}
