/** What `createGlovebox` takes, and its one parser: every later reader gets resolved values. */
import type { LogConsole } from './dev-console.ts'
import { HOST_VALUE_KINDS, type HostFunctions } from '../capability/function.ts'
import type { TelemetryApi } from '../telemetry/otel-api.ts'
import type { AuditOptions } from '../telemetry/audit.ts'
import { isEventName } from '../capability/event-name.ts'
import { isStandardSchema, type StandardSchema } from '../capability/standard-schema.ts'
import { type Subject, SUBJECT_LIMITS } from '../limit/subject.ts'
import { LOCAL_ORIGIN } from '../manifest/identity.ts'
import { LIMIT_RANGE, type Limits } from '../manifest/limits.ts'
import type { HostPolicy, TriedPolicy } from '../manifest/policy.ts'
import { parseTrust, type TrustPolicy } from '../package/trust.ts'
import type { Prompt } from '../permission/prompt.ts'
import { requireKnownKeys } from '../util/known-keys.ts'
import type { Ruled } from './rules.ts'

export interface GloveboxOptions {
  /** Whose packages may run. Required: there is no safe default. */
  readonly trust: TrustPolicy
  /** Asks the user. Without it everything that would be asked is denied. */
  readonly prompt?: Prompt
  /** Names the database, so that two boxes of one origin keep apart. Default `'default'`. */
  readonly name?: string
  /** `'memory'`: nothing outlives the page. Default `'indexeddb'`; a page without IndexedDB must choose `'memory'` itself. */
  readonly store?: 'indexeddb' | 'memory'
  /** Packages and prepared output older than this are fetched and prepared again, ms. Default: never. */
  readonly cacheTtlMs?: number
  /** Packages and prepared output together, bytes; the least recently used go first. Default 256 MiB. */
  readonly maxCacheBytes?: number
  /** `'auto'`: when the static frame.html gives no handshake, try a srcdoc frame (needs a page without a strict policy). Default `'file'`. */
  readonly frame?: 'file' | 'auto'
  /** `'worker'`: no frame, the origin ring is given up; `report()` says what that means. Default `'frame'`. */
  readonly isolation?: 'frame' | 'worker'
  /** The host's caps; where one is missing the default is the cap. */
  readonly limits?: Partial<Limits>
  /**
   * Whom the extensions work for: a user, an organisation. Grants belong to it: another subject is asked for itself, and so is one where the box
   * had none. Its limits hold for all extensions of the box together, beside those that each has. Storage, files and secrets are the whole
   * database's, so give each subject a `name` of its own.
   */
  readonly subject?: Subject
  /** Folder of frame.html, script.worker.js and quickjs.wasm. Default: beside the library. */
  readonly assets?: string | URL
  /** Handshake of a frame and boot of a worker, each, ms. Default 3 000. */
  readonly startTimeoutMs?: number
  /**
   * Where log lines are written beside the `log` event. `'auto'`: to the browser's console with `trust: { kind: 'development' }`, nowhere
   * otherwise. Default `'auto'`.
   */
  readonly console?: 'auto' | 'off' | LogConsole
  /**
   * Spans and metrics: the module `@opentelemetry/api` as the app imported it. Names, codes and numbers only. Default: nothing is measured, nor
   * loaded for it.
   */
  readonly telemetry?: TelemetryApi
  /** How much of the audit log is kept. */
  readonly audit?: AuditOptions
  /** What extensions take for the user's language, a BCP 47 tag: `navigator.language` tells them the real one. Default `'en-US'`. */
  readonly locale?: string
  /** What extensions take for the user's time zone, an IANA name. Default `'UTC'`. */
  readonly timeZone?: string
  /**
   * Prepared WebAssembly that the app ships: asked by key before the transpiler is downloaded. Resolves with the `bytes` that `prepare()` of
   * `glovebox/node` gave beside that `key`, or with undefined. Your own word: it is as trusted as your page.
   */
  readonly prepared?: (key: string) => Promise<ArrayBuffer | undefined> | ArrayBuffer | undefined
  /** What no extension may have, whatever is granted, and what needs no asking. */
  readonly policy?: HostPolicy
  /** Rules that are only tried: the `report` event and `reported(id)` tell what they would deny. */
  readonly reportOnly?: TriedPolicy
  /**
   * `'observe'`: everything is allowed and recorded, and `observed(id)` tells the smallest permissions that would have been enough. Needs
   * `trust: { kind: 'development' }` and no policy. Default `'enforce'`.
   */
  readonly permissions?: 'enforce' | 'observe'
  /** Functions of the app's own that core modules (Extism plug-ins) may import, by module and field, each with the extensions it is for. */
  readonly functions?: HostFunctions
  /** Schemas of events by name, such as `'host/theme'`: what does not fit is refused to the emitter. Events without one carry any JSON. */
  readonly events?: Readonly<Record<string, StandardSchema>>
}

export interface ResolvedOptions extends Ruled {
  readonly telemetry: TelemetryApi | undefined
  readonly audit: AuditOptions
  readonly trust: TrustPolicy
  readonly prompt: Prompt | undefined
  readonly name: string
  readonly store: 'indexeddb' | 'memory'
  readonly cacheTtlMs: number | undefined
  readonly maxCacheBytes: number | undefined
  readonly frame: 'file' | 'auto'
  readonly isolation: 'frame' | 'worker'
  readonly subject: Subject | undefined
  readonly assets: URL | undefined
  readonly startTimeoutMs: number
  readonly console: 'auto' | 'off' | LogConsole
  readonly region: Region
  readonly functions: HostFunctions
  readonly events: ReadonlyMap<string, StandardSchema>
  readonly prepared: GloveboxOptions['prepared']
}

/** The user's language and time zone as extensions see them. Both identify a user a little: the real ones only when the host says so. */
export interface Region {
  readonly locale: string
  readonly timeZone: string
}

/** All that `GloveboxOptions` has; the host guide lists them. */
export const OPTION_NAMES: readonly (keyof GloveboxOptions)[] = [
  'trust', 'prompt', 'name', 'store', 'cacheTtlMs', 'maxCacheBytes', 'frame', 'isolation', 'limits', 'subject', 'assets', 'startTimeoutMs', 'console',
  'locale', 'timeZone', 'functions', 'prepared', 'policy', 'reportOnly', 'permissions', 'audit', 'telemetry', 'events',
]

/** @throws {TypeError} or {RangeError} naming the option, what was expected and what came */
export function resolveOptions(input: unknown): ResolvedOptions {
  if (typeof input !== 'object' || input === null) throw new TypeError('createGlovebox needs options; at least { trust: { kind: … } }.')
  const options = new Map<string, unknown>(Object.entries(input))
  requireKnownKeys('createGlovebox', input, OPTION_NAMES)
  const prompt = options.get('prompt')
  if (prompt !== undefined && typeof prompt !== 'function') throw new TypeError('prompt must be a function (request, { signal }) => Promise<Decision[]>.')
  const trust = parseTrust(options.get('trust'))
  return {
    trust,
    given: parseGiven(options, trust),
    rules: {},
    prompt: prompt as Prompt | undefined, // a function; what it returns is parsed at each prompt
    name: parseName(options.get('name')),
    audit: parseAudit(options.get('audit')),
    telemetry: parseTelemetry(options.get('telemetry')),
    store: oneOf('store', options.get('store'), ['indexeddb', 'memory']),
    cacheTtlMs: optionalNumber('cacheTtlMs', options.get('cacheTtlMs')),
    maxCacheBytes: optionalNumber('maxCacheBytes', options.get('maxCacheBytes')),
    frame: oneOf('frame', options.get('frame'), ['file', 'auto']),
    isolation: oneOf('isolation', options.get('isolation'), ['frame', 'worker']),
    limits: parseLimits('limits', options.get('limits')),
    subject: parseSubject(options.get('subject')),
    assets: parseAssets(options.get('assets')),
    startTimeoutMs: optionalNumber('startTimeoutMs', options.get('startTimeoutMs')) ?? 3000,
    console: parseConsole(options.get('console')),
    prepared: parsePreparedOption(options.get('prepared')),
    functions: parseFunctions(options.get('functions')),
    events: parseEvents(options.get('events')),
    region: { locale: parseLocale(options.get('locale')), timeZone: parseTimeZone(options.get('timeZone')) },
  }
}

function parseGiven(options: ReadonlyMap<string, unknown>, trust: TrustPolicy): ResolvedOptions['given'] {
  const [policy, reportOnly] = [options.get('policy'), options.get('reportOnly')]
  const permissions = oneOf('permissions', options.get('permissions'), ['enforce', 'observe'])
  if (permissions === 'observe' && (trust.kind !== 'development' || policy !== undefined || reportOnly !== undefined)) {
    throw new TypeError("permissions: 'observe' allows everything: it needs trust: { kind: 'development' }, and no policy beside it.")
  }
  return { policy, reportOnly, permissions }
}

function parseName(input: unknown): string {
  if (input === undefined) return 'default'
  if (typeof input === 'string' && /^[\w.-]{1,64}$/.test(input)) return input
  throw new TypeError('name must be 1 to 64 letters, digits, dots, dashes or underscores.')
}

function oneOf<const Choice extends string>(name: string, input: unknown, choices: readonly [Choice, ...Choice[]]): Choice {
  if (input === undefined) return choices[0]
  const choice = choices.find((known) => known === input)
  if (choice === undefined) throw new TypeError(`${name} must be one of ${choices.map((known) => `'${known}'`).join(', ')}, got ${String(input).slice(0, 40)}.`)
  return choice
}

function optionalNumber(name: string, input: unknown): number | undefined {
  if (input === undefined) return undefined
  if (typeof input === 'number' && input > 0 && Number.isFinite(input)) return input
  throw new RangeError(`${name} must be a positive number, got ${String(input).slice(0, 40)}.`)
}

function parseLimits(option: string, input: unknown): Partial<Limits> {
  if (input === undefined) return {}
  if (typeof input !== 'object' || input === null) throw new TypeError(`${option} must be an object of numbers.`)
  const limits: { -readonly [K in keyof Limits]?: number } = {}
  for (const [name, value] of Object.entries(input)) {
    if (value === undefined) continue
    if (!Object.hasOwn(LIMIT_RANGE, name)) throw new TypeError(`There is no limit "${name}"; known are ${Object.keys(LIMIT_RANGE).join(', ')}.`)
    const key = name as keyof Limits // an own key of LIMIT_RANGE
    const [min, max] = LIMIT_RANGE[key]
    if (typeof value !== 'number' || !(value >= min && value <= max)) {
      throw new RangeError(`${option}.${name} must be a number from ${min} to ${max}, got ${String(value).slice(0, 40)}.`)
    }
    limits[key] = value
  }
  return limits
}

function parseAudit(input: unknown): AuditOptions {
  if (input === undefined) return {}
  if (typeof input !== 'object' || input === null) throw new TypeError('audit must be an object with maxAgeMs and maxBytes.')
  const fields = new Map<string, unknown>(Object.entries(input))
  requireKnownKeys('audit', input, ['maxAgeMs', 'maxBytes'])
  const maxAgeMs = optionalNumber('audit.maxAgeMs', fields.get('maxAgeMs'))
  const maxBytes = optionalNumber('audit.maxBytes', fields.get('maxBytes'))
  return { ...(maxAgeMs === undefined ? {} : { maxAgeMs }), ...(maxBytes === undefined ? {} : { maxBytes }) }
}

function parseTelemetry(input: unknown): TelemetryApi | undefined {
  if (input === undefined) return undefined
  const has = (owner: unknown, ...path: readonly string[]): boolean => path.reduce((value: unknown, name) => Reflect.get(Object(value), name), owner) !== undefined
  const isApi = has(input, 'trace', 'getTracer') && has(input, 'metrics', 'getMeter') && has(input, 'context', 'active')
  if (!isApi) throw new TypeError("telemetry must be the module @opentelemetry/api: import * as telemetry from '@opentelemetry/api'.")
  return input as TelemetryApi // has the three that are used
}

/** Neither control characters nor lone surrogates: it stands in keys and in rows of the log. */
const SUBJECT_ID = /^[^\p{Cc}\p{Cs}]+$/u

function parseSubject(input: unknown): Subject | undefined {
  if (input === undefined) return undefined
  const fields = new Map<string, unknown>(typeof input === 'object' && input !== null ? Object.entries(input) : [])
  const id = fields.get('id')
  const unknown = [...fields.keys()].find((name) => name !== 'id' && name !== 'limits')
  if (typeof id !== 'string' || id.length > 256 || !SUBJECT_ID.test(id) || unknown !== undefined) {
    throw new TypeError('subject must be an object such as { id: "user-17", limits: { httpPerMinute: 300 } }; an id has 1 to 256 characters, no control characters.')
  }
  const limits = parseLimits('subject.limits', fields.get('limits'))
  const alone = Object.keys(limits).find((name) => !SUBJECT_LIMITS.has(name))
  if (alone !== undefined) throw new TypeError(`subject.limits has no "${alone}": it does not add up over extensions; known are ${[...SUBJECT_LIMITS].join(', ')}.`)
  return { id, limits }
}

function parseConsole(input: unknown): 'auto' | 'off' | LogConsole {
  if (input === undefined || input === 'auto' || input === 'off') return input ?? 'auto'
  const methods = ['debug', 'info', 'warn', 'error'] as const satisfies readonly (keyof LogConsole)[]
  const isConsole = typeof input === 'object' && input !== null && methods.every((name) => typeof Reflect.get(input, name) === 'function')
  if (!isConsole) throw new TypeError("console must be 'auto', 'off', or an object with debug, info, warn and error.")
  return input as LogConsole // has the four methods
}

/** What WebKitGTK calls `navigator.language` where the system has no locale; its own Intl refuses it. */
const NO_LOCALE: readonly unknown[] = ['C', 'POSIX']

function parseLocale(input: unknown): string {
  if (input === undefined || NO_LOCALE.includes(input)) return 'en-US'
  const [locale] = typeof input === 'string' ? attempt(() => Intl.getCanonicalLocales(input)) ?? [] : []
  if (locale === undefined) throw new RangeError(`locale must be a language tag such as 'de-AT', got ${String(input).slice(0, 40)}.`)
  return locale
}

function parseTimeZone(input: unknown): string {
  if (input === undefined) return 'UTC'
  const zone = typeof input === 'string' ? attempt(() => new Intl.DateTimeFormat('en', { timeZone: input }).resolvedOptions().timeZone) : undefined
  if (zone === undefined) {
    throw new RangeError(`timeZone must be a name such as 'Europe/Vienna' that this browser knows, got ${String(input).slice(0, 40)}.`)
  }
  return zone
}

function attempt<T>(run: () => T): T | undefined {
  try {
    return run()
  } catch {
    return undefined // the caller says what was expected
  }
}

function parsePreparedOption(input: unknown): GloveboxOptions['prepared'] {
  if (input !== undefined && typeof input !== 'function') throw new TypeError('prepared must be a function (key) => Promise<ArrayBuffer | undefined>.')
  return input as GloveboxOptions['prepared'] // a function; what it gives is checked when it does
}

function parseFunctions(input: unknown): HostFunctions {
  if (input === undefined) return {}
  const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
  if (!isRecord(input)) throw new TypeError("functions must be an object such as { 'extism:host/user': { greet: { extensions, params, run } } }.")
  for (const [module, fields] of Object.entries(input)) {
    for (const [field, value] of isRecord(fields) ? Object.entries(fields) : [['', undefined] as const]) {
      const { extensions, origins, params, result, run } = isRecord(value) ? value : {}
      const place = `functions[${JSON.stringify(module)}]${field && `.${field}`}`
      if (typeof run !== 'function') throw new TypeError(`${place} must be an object with a function \`run\`.`)
      if (extensions !== 'all' && !isListOf(extensions, (id) => typeof id === 'string')) throw new TypeError(`${place}.extensions must be a list of ids, or 'all'.`)
      if (origins !== undefined && !isListOf(origins, isOrigin)) throw new TypeError(`${place}.origins must be a list of 'local' and URLs of folders, with their last slash.`)
      const isKind = (kind: unknown): boolean => HOST_VALUE_KINDS.some((known) => known === kind)
      if (!isListOf(params, isKind) || (result !== undefined && !isKind(result))) {
        throw new TypeError(`${place}: params and result must be of ${HOST_VALUE_KINDS.join(', ')}.`)
      }
    }
  }
  return input as HostFunctions // every part was looked at
}

function parseEvents(input: unknown): ReadonlyMap<string, StandardSchema> {
  if (input === undefined) return new Map()
  if (typeof input !== 'object' || input === null) throw new TypeError("events must be an object of schemas by name, such as { 'host/theme': schema }.")
  return new Map(Object.entries(input).map(([name, schema]: [string, unknown]) => {
    if (!isEventName(name)) throw new TypeError(`events: ${JSON.stringify(name.slice(0, 100))} is no event's name; one is 'host/theme' or 'com.acme.weather/changed'.`)
    if (!isStandardSchema(schema)) throw new TypeError(`events[${JSON.stringify(name)}] must be a Standard Schema: an object with "~standard".`)
    return [name, schema]
  }))
}

/** As in `ExtensionIdentity`: anything else would match nobody. */
function isOrigin(origin: unknown): boolean {
  return origin === LOCAL_ORIGIN || (typeof origin === 'string' && URL.canParse(origin) && new URL('.', origin).href === origin)
}

function isListOf(input: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(input) && input.every(isItem)
}

function parseAssets(input: unknown): URL | undefined {
  if (input === undefined) return undefined
  const text = String(input)
  return new URL(text.endsWith('/') ? text : `${text}/`, document.baseURI)
}
