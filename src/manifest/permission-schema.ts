/** The shapes of permissions in a manifest: a name, a scope of its kind, a reason. */
import * as v from 'valibot'
import { isProvidedNeed } from './provided-name.ts'
import { httpOrigin, isPlainHost, parseUrl } from './origin.ts'
import { pathProblem } from './path.ts'
import { PERMISSION_NAMES } from './permission.ts'
import { describe } from './problem.ts'
import { isScopeName } from './scope-name.ts'
import { expected, list, number, prose, strict, text } from './schema-parts.ts'

const ID = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)+$/
const MAX_SCOPE_ENTRIES = 64
/** Prefixes are shown in prompts exactly as they are: nothing in them may hide or turn the text around. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const
const MAX_USB_ID = 0xffff

export function extensionId() {
  return text('a dotted lowercase id of 3 to 128 characters such as "com.acme.weather"', isId)
}

export function permission() {
  const reason = v.optional(prose(500), '')
  const entries = <const Names extends readonly string[], Scope extends v.GenericSchema<unknown, unknown>>(names: Names, scope: Scope) =>
    strict({ name: v.picklist(names), scope, reason })
  return v.variant(
    'name',
    [
      entries(['http:read', 'http:write'], httpScope()),
      entries(['storage:read', 'storage:write'], strict({ prefixes: several(prefix()) })),
      entries(['file:read', 'file:write'], fileScope()),
      entries(['vault:read', 'vault:write', 'vault:use'], strict({ secrets: several(name('a secret')) })),
      entries(['event:emit', 'event:listen'], strict({ events: several(eventName()) })),
      entries(['data:read', 'data:write'], strict({ collections: several(name('a collection')) })),
      entries(['clipboard:read', 'clipboard:write', 'notification:show'], v.optional(strict({}), {})),
      entries(['serial:open'], v.optional(strict({ filters: v.exactOptional(several(deviceFilter())) }), {})),
      entries(['host:call'], strict({ capabilities: several(text('what the app provides, such as "notes.read"', isProvidedNeed)) })),
      entries(['extension:call'], strict({ extensions: several(extensionId()) })),
    ],
    expected(`a permission with the name ${PERMISSION_NAMES.map((known) => `"${known}"`).join(', ')}`),
  )
}

function several<Item extends v.GenericSchema<unknown, unknown>>(item: Item) {
  return list(item, 1, MAX_SCOPE_ENTRIES)
}

function httpScope() {
  const origin = v.pipe(
    v.string(expected('an origin such as "https://api.example.com"')),
    v.check(
      (value) => originProblem(value) === undefined,
      (issue) => `expected an origin, got ${describe(issue.input)}, which ${originProblem(String(issue.input))}`,
    ),
  )
  return strict({
    origins: several(origin),
    redirects: v.optional(v.boolean(expected('true or false')), false),
    paths: v.exactOptional(several(text('a path prefix in its plain spelling, such as "/v1"', isPlainPath))),
    methods: v.exactOptional(several(v.picklist(METHODS, expected(`one of ${METHODS.join(', ')}`)))),
  })
}

/** As the URL's parser prints it, so that what the user is shown is what is compared. */
function isPlainPath(path: string): boolean {
  return path.startsWith('/') && path.length <= 256 && !UNSEEN.test(path) && parseUrl(`https://x${path}`)?.pathname === path
}

function prefix() {
  return text('a key prefix of at most 256 characters ("" is every key)', (value) => value.length <= 256 && !UNSEEN.test(value))
}

function fileScope() {
  const isDirectory = (path: string): boolean => path.startsWith('/') && pathProblem(path.slice(1)) === undefined
  const directory = text('an absolute path of a directory such as "/data"', isDirectory)
  const filled = strict({
    directories: v.optional(list(directory, 0, MAX_SCOPE_ENTRIES), []),
    picked: v.exactOptional(v.boolean(expected('true or false'))),
  })
  const isSomething = ({ directories, picked }: { directories: string[]; picked?: boolean }): boolean =>
    directories.length > 0 || picked === true
  return v.pipe(filled, v.check(isSomething, 'expected directories, or "picked": true, got neither'))
}

function name(what: string) {
  return text(`the name of ${what}: 1 to 64 lowercase letters, digits, dots, dashes and underscores`, isScopeName)
}

function eventName() {
  return text('an event such as "com.acme.weather/changed" or "host/theme"', (value) => {
    const [owner = '', event = '', ...more] = value.split('/')
    return more.length === 0 && isScopeName(event) && (owner === 'host' || isId(owner))
  })
}

function deviceFilter() {
  const id = () => number(`a USB id, an integer from 0 to ${MAX_USB_ID}`, (value) => Number.isInteger(value) && value >= 0 && value <= MAX_USB_ID)
  return strict({ vendorId: id(), productId: v.exactOptional(id()) })
}

function isId(id: string): boolean {
  return id.length >= 3 && id.length <= 128 && ID.test(id)
}

function originProblem(value: string): string | undefined {
  const url = parseUrl(value)
  if (url === undefined) return 'is no URL'
  const origin = httpOrigin(url)
  if (origin === undefined) return 'is neither https nor http'
  if (!isPlainHost(url.hostname)) return 'has a host that is no plain name or address (wildcards and a trailing dot are not allowed)'
  return origin === value ? undefined : `is not just scheme, host and port in their plain spelling; write ${JSON.stringify(origin.slice(0, 300))}`
}
