/** unknown → HostPolicy. Strict: a policy with a misspelt key would forbid nothing, so it is an error of whoever opens the box. */
import * as v from 'valibot'
import { DEFAULT_LIMITS, type Limits } from './limits.ts'
import { deepFreeze } from './parse.ts'
import { PERMISSION_NAMES } from './permission.ts'
import { extensionId, permission } from './permission-schema.ts'
import type { HostPolicy, ScopedPermission, TriedPolicy } from './policy.ts'
import { jsonPath } from './problem.ts'
import { keyProblems } from './relations.ts'
import { LOCAL_ORIGIN } from './identity.ts'
import { parseUrl } from './origin.ts'
import { limits } from './schema.ts'
import { expected, list, strict, text } from './schema-parts.ts'

const MAX_RULES = 1000
const MAX_NAMES = 1000
const SHOWN = 3

/**
 * @param option  its name among the options, for the message
 * @throws {TypeError} naming every key that is wrong, what was expected and what came
 */
export function parsePolicy(option: string, input: unknown): HostPolicy {
  const keys = keyProblems(input)
  const result = v.safeParse(policySchema(), input)
  if (result.success && keys.length === 0) return deepFreeze(result.output)
  const shape = (result.issues ?? []).map((issue) => `${jsonPath((issue.path ?? []).map((item) => item.key))}: ${issue.message}`)
  throw new TypeError([...keys, ...shape].slice(0, SHOWN).map((problem) => `${option}${problem.slice(1)}`).join(' | '))
}

/** A policy to be tried: rules alone, since nothing tells what another limit would have stopped. @throws {TypeError} as parsePolicy */
export function parseTriedPolicy(option: string, input: unknown): TriedPolicy {
  const { rules = [], ...others } = parsePolicy(option, input)
  const [other] = Object.keys(others)
  if (other === undefined) return deepFreeze({ rules })
  throw new TypeError(`${option}.${other}: expected "rules" alone, which can be tried without being in force; set "${other}" in policy`)
}

/** The lower ceiling of both, name by name: a policy caps, it raises none. */
export function capLimits(limits: Partial<Limits>, caps: Partial<Limits> = {}): Partial<Limits> {
  const names = Object.keys(caps) as (keyof Limits)[] // parsed: the names of limits only
  return { ...limits, ...Object.fromEntries(names.map((name) => [name, Math.min(limits[name] ?? DEFAULT_LIMITS[name], caps[name] ?? Infinity)])) }
}

function policySchema(): v.GenericSchema<unknown, HostPolicy> {
  const scoped = v.pipe(
    permission(),
    // The same pair of name and scope, without the reason, which a policy has none of.
    v.transform(({ name, scope }) => ({ name, scope }) as ScopedPermission),
  )
  const extensions = v.exactOptional(list(extensionId(), 1, MAX_NAMES))
  const origins = list(text('where extensions come from: a URL that ends in "/", in its plain spelling, or "local"', isOrigin), 1, MAX_NAMES)
  const names = list(v.picklist(PERMISSION_NAMES, expected(`a permission: ${PERMISSION_NAMES.join(', ')}`)), 1, PERMISSION_NAMES.length)
  const some = { extensions, origins: v.exactOptional(origins) }
  const permissions = list(scoped, 1, MAX_NAMES)
  const rule = v.variant('effect', [
    strict({ effect: v.literal('forbid'), permissions: v.lazy((input) => (input === 'all' ? v.literal('all') : names)), ...some }),
    strict({ effect: v.literal('cap'), permissions: v.pipe(permissions, v.check((each: ScopedPermission[]) => isEachOnce(each), twice)), ...some }),
    strict({ effect: v.literal('grant'), permissions, extensions, origins }),
  ], expected('a rule with the effect "forbid", "cap" or "grant"'))
  return strict({
    rules: v.optional(list(rule, 0, MAX_RULES), []),
    limits: v.exactOptional(limits()),
    newCode: v.exactOptional(v.picklist(['keep', 'ask'], expected('"keep" or "ask"'))),
  })
}

/** Of two scopes of one permission in a cap, is all allowed that either covers, or what both do? Nobody who reads the policy should have to guess. */
function isEachOnce(permissions: readonly ScopedPermission[]): boolean {
  return new Set(permissions.map(({ name }) => name)).size === permissions.length
}

function twice({ input }: v.CheckIssue<ScopedPermission[]>): string {
  const name = input.find((one, index) => input.findIndex((other) => other.name === one.name) < index)?.name
  return `expected each permission once in a cap, got "${name}" twice; put all that it may be used for in one scope`
}

function isOrigin(origin: string): boolean {
  return origin === LOCAL_ORIGIN || (origin.endsWith('/') && parseUrl(origin)?.href === origin)
}
