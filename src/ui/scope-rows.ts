/**
 * A scope as rows of a label and its exact values, nothing summed up: what is shown is what is compared. Values are the manifest's, checked
 * when it was parsed, and cleaned here again: this file must not rely on who calls it.
 */
import type { Scope } from '../manifest/permission.ts'
import { cleanText } from '../util/text.ts'
import { type Suspicion, suspectOrigin } from './suspicion.ts'
import type { ConsentWords, ScopeLabel } from './words.ts'

export interface ScopeValue {
  readonly text: string
  /** Words of the page's rather than a value of the manifest's. */
  readonly isProse: boolean
  readonly suspicions: readonly Suspicion[]
}

export interface ScopeRow {
  readonly label: ScopeLabel
  readonly values: readonly ScopeValue[]
}

const MAX_CHARS = 400
const LABELS: readonly ScopeLabel[] = [
  'origins', 'paths', 'methods', 'directories', 'prefixes', 'secrets', 'events', 'collections', 'extensions', 'capabilities', 'filters',
  'redirects', 'picked',
]

/** Methods as the permission's name limits them, where the scope does not. */
const METHODS: ReadonlyMap<string, readonly string[]> = new Map([
  ['http:read', ['GET', 'HEAD']], ['http:write', ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']],
])

/** Every part of the scope has its row; one that this version does not know is shown as its JSON. */
export function scopeRows(name: string, scope: Scope, words: ConsentWords): readonly ScopeRow[] {
  const fields = new Map<string, unknown>(Object.entries(scope))
  if (METHODS.has(name)) {
    if (!fields.has('methods')) fields.set('methods', METHODS.get(name))
    if (!fields.has('paths')) fields.set('paths', undefined)
  }
  if (name === 'serial:open' && !fields.has('filters')) fields.set('filters', undefined)
  const known = LABELS.filter((label) => fields.has(label)).map((label) => ({ label, values: valuesOf(label, fields.get(label), words) }))
  const others = [...fields].filter(([field]) => !LABELS.some((label) => label === field))
    .map(([field, value]) => ({ label: 'other' as const, values: [exact(`${field}: ${JSON.stringify(value)}`)] }))
  return [...known, ...others].filter(({ values }) => values.length > 0)
}

function valuesOf(label: ScopeLabel, value: unknown, words: ConsentWords): readonly ScopeValue[] {
  switch (label) {
    case 'redirects':
      return value === true ? [prose(words.anyRedirect)] : []
    case 'picked':
      return value === true ? [prose(words.pickedFiles)] : []
    case 'paths':
      return value === undefined ? [prose(words.everyPath)] : listOf(value).map(exact)
    case 'filters':
      return value === undefined ? [prose(words.everyDevice)] : asArray(value).map((filter) => exact(describeDevice(filter)))
    case 'prefixes':
      return listOf(value).map((prefix) => (prefix === '' ? prose(words.everyKey) : exact(`${prefix}*`)))
    case 'origins':
      return listOf(value).map((origin) => ({ ...exact(origin), suspicions: suspectOrigin(origin) }))
    default:
      return listOf(value).map(exact)
  }
}

function exact(text: string): ScopeValue {
  return { text: cleanText(text, MAX_CHARS), isProse: false, suspicions: [] }
}

function prose(text: string): ScopeValue {
  return { text, isProse: true, suspicions: [] }
}

function describeDevice(filter: unknown): string {
  const hex = (value: unknown): string => (typeof value === 'number' ? value.toString(16).padStart(4, '0') : '*')
  return `USB ${hex(Reflect.get(Object(filter), 'vendorId'))}:${hex(Reflect.get(Object(filter), 'productId'))}`
}

function listOf(value: unknown): readonly string[] {
  return asArray(value).map(String)
}

function asArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
