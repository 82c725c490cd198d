/**
 * The permission matrix: every capability in every situation, by real guests of a real box. A capability is one row of `permission-rows.ts`. What the
 * broker does for each permission without a capability is tried in test/unit/permission/matrix.test.ts.
 */
import type { Decision, Extension, Glovebox, PermissionName, PolicyRule, PromptRequest, Scope, ScopedPermission } from 'glovebox'
import { describe, expect, inject, test } from 'vitest'
import { openBox, pkg, until } from '../browser/box-harness.ts'
import { componentPackage, preparedFixture } from '../browser/component-harness.ts'

/** A guest and what it is called with: `right` is inside the scope, `wrong` outside; absent where there is no outside. */
export interface MatrixGuest {
  readonly call: string
  readonly right: readonly unknown[]
  readonly wrong?: readonly unknown[]
}

export interface MatrixRow {
  readonly permission: PermissionName
  readonly scope: Scope
  /** `code`: a main module that exports `call`. */
  readonly script?: MatrixGuest & { readonly code: string }
  readonly component?: MatrixGuest & { readonly fixture: string }
  /**
   * A use by the script guest that goes on until it is ended, where the capability has one; `narrower` is a scope without it.
   * `hasBegun` undefined: it has when it was called.
   */
  readonly lasting?: { readonly args: readonly unknown[]; readonly narrower: Scope; readonly hasBegun?: () => Promise<boolean> }
  /** What the capability needs in the box: collections of the app's, secrets, another extension. */
  readonly prepare?: (box: Glovebox) => Promise<unknown>
  /** What else the manifest says. */
  readonly manifest?: Readonly<Record<string, unknown>>
  /** Codes of what a use meets once it is permitted: as good as done. */
  readonly permitted?: readonly string[]
  /** Permissions that the use needs beside this one; granted by policy. */
  readonly others?: readonly ScopedPermission[]
}

const { origin } = inject('server')

/** Components wait for the host by JSPI, or in an isolated page. */
const canWait = typeof Reflect.get(WebAssembly, 'Suspending') === 'function' || crossOriginIsolated

export function describePermissions(rows: readonly MatrixRow[]): void {
  for (const row of rows) {
    describe(row.permission, () => {
      if (row.script !== undefined) describeGuest('script', row, row.script)
      if (row.component !== undefined) describe.skipIf(!canWait)('', () => describeGuest('component', row, row.component as MatrixGuest)) // just looked at
      const { lasting, script } = row
      if (lasting !== undefined && script !== undefined) describeLasting(row, script, lasting)
    })
  }
}

/** Long enough for the use that it is given for. */
const GRANT_MS = 600

/** What became of a use, and how many prompts it took. */
type Outcome = readonly [code: string, prompts: number]

const EXPECTED: Readonly<Record<string, Outcome>> = {
  'wrong scope': ['permission-denied', 0],
  'no grant': ['permission-denied', 1],
  'right scope, until a date': ['done', 1],
  'expired': ['permission-denied', 1],
  'right scope': ['done', 1],
  'right scope again': ['done', 0],
  'revoked': ['permission-revoked', 0],
  'forbidden by policy': ['permission-denied', 0],
}

function describeGuest(lane: 'script' | 'component', row: MatrixRow, { call, right, wrong }: MatrixGuest): void {
  test(`${lane}: in every situation`, async () => {
    const { extension, asked, say } = await install(lane, row)
    const states: string[] = []
    extension.addEventListener('permission', ({ detail }) => states.push(detail.state))
    const use = async (of: Installed, args: readonly unknown[]): Promise<Outcome> => {
      const before = of.asked.length
      const code = await of.extension.call(call, structuredClone(args)).then(() => 'done', codeOfGuest)
      return [row.permitted?.includes(code) ? 'done' : code, of.asked.length - before]
    }
    const here = { extension, asked, say }
    const outcomes: Record<string, Outcome> = {}
    if (wrong) outcomes['wrong scope'] = await use(here, wrong)
    say(undefined) // not remembered
    outcomes['no grant'] = await use(here, right)
    say(() => ({ decision: 'until', until: new Date(Date.now() + GRANT_MS) }))
    outcomes['right scope, until a date'] = await use(here, right)
    const forbidden = await install(lane, row, [{ effect: 'forbid', permissions: [row.permission] }]) // while the grant ends
    await until(() => states.includes('prompt'), 'the end of the grant')
    say(undefined)
    outcomes['expired'] = await use(here, right)
    say(() => 'always')
    outcomes['right scope'] = await use(here, right)
    outcomes['right scope again'] = await use(here, right)
    await extension.permissions.revoke(row.permission)
    outcomes['revoked'] = await use(here, right)
    outcomes['forbidden by policy'] = await use(forbidden, right)

    const { 'wrong scope': outside, ...others } = EXPECTED
    expect(outcomes).toEqual(wrong ? { 'wrong scope': outside, ...others } : others)
  })
}

function describeLasting(row: MatrixRow, { call }: MatrixGuest, { args, narrower, hasBegun }: NonNullable<MatrixRow['lasting']>): void {
  test.each(['revoked', 'narrowed'] as const)('script: ends in flight when it is %s', async (how) => {
    await fetch(`${origin}/reset`, { method: 'POST' })
    const { extension, say } = await install('script', row)
    say(() => 'session')
    const code = extension.call(call, args).then(() => 'done', codeOfGuest)
    if (hasBegun) await until(hasBegun, 'the use to begin')
    else await until(() => extension.permissions.query()[0]?.state === 'granted', 'the use to begin')
    if (how === 'revoked') await extension.permissions.revoke(row.permission)
    else await extension.permissions.narrow(row.permission, narrower)

    expect(await code).toBe('permission-revoked')
  })
}

interface Installed {
  readonly extension: Extension
  readonly asked: readonly PromptRequest[]
  /** How prompts are answered from now on; undefined: by nothing that is an answer. */
  readonly say: (answer: (() => Decision) | undefined) => void
}

async function install(lane: 'script' | 'component', row: MatrixRow, rules: readonly PolicyRule[] = []): Promise<Installed> {
  const asked: PromptRequest[] = []
  let answer: (() => Decision) | undefined
  const prompt = async (request: PromptRequest): Promise<Decision[]> => {
    asked.push(request)
    return answer === undefined ? [] : request.permissions.map(answer)
  }
  const { others = [], manifest, prepare } = row
  const fixture = lane === 'component' ? row.component?.fixture : undefined
  const pregrant: readonly PolicyRule[] = others.length > 0 ? [{ effect: 'grant', permissions: others, origins: ['local'] }] : []
  const prepared = fixture === undefined ? undefined : preparedFixture(fixture)
  const box = await openBox({ prompt, policy: { rules: [...rules, ...pregrant] }, ...(prepared && { prepared }) })
  await prepare?.(box)
  const fields = { optionalPermissions: [{ name: row.permission, scope: row.scope, reason: 'to test' }, ...others], ...manifest }
  const extension = await box.install(fixture === undefined ? pkg(row.script?.code ?? '', fields) : await componentPackage(fixture, fields))
  return { extension, asked, say: (next) => { answer = next } }
}

/** The broker's code as each kind of guest passes it on: as its error's code, or as the case of a Rust enum. */
function codeOfGuest(error: { readonly guestCode?: string; readonly payload?: unknown; readonly message?: string }): string {
  if (typeof error.payload !== 'string') return error.guestCode || String(error.message)
  return error.payload.replace(/^.*::/, '').replace(/\B[A-Z]/g, '-$&').toLowerCase()
}
