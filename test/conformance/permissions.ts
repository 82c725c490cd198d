/**
 * The permission matrix: every capability in every situation, by real guests of a real box. A capability is one row of `permission-rows.ts`. What the
 * broker does for each permission without a capability is tried in test/unit/permission/matrix.test.ts.
 */
import type { Decision, Extension, Glovebox, GloveboxOptions, PermissionName, PolicyRule, PromptRequest, Scope, ScopedPermission } from 'glovebox'
import { afterEach, expect, onTestFinished, test, vi } from 'vitest'
import { openBox, pkg, until } from '../browser/box-harness.ts'
import { loadFixture, preparedFixture } from '../browser/component-harness.ts'
import { endPretence, pretendPlatform, type PretendPlatform } from '../browser/pretend-platform.ts'

/** One lane's guest for a capability. */
export interface MatrixGuest {
  /** The main file: a script's text, a component of test/fixtures/, or a module. */
  readonly main: string | { readonly fixture: string } | (() => Promise<Uint8Array>)
  readonly call: string
  /** What it is called with: `right` is inside the scope, `wrong` outside; absent where the scope alone can be narrower (`narrower`). */
  readonly right: readonly unknown[]
  readonly wrong?: readonly unknown[]
  /** How it is used, where that is more than a call. */
  readonly use?: Use
  /** What it makes of the broker's codes, where it passes others on. */
  readonly says?: Readonly<Record<string, string>>
  readonly lasting?: Lasting
  /** It runs where no import can wait for the page. */
  readonly needsNoWaiting?: boolean
  readonly manifest?: Readonly<Record<string, unknown>>
}

type Use = (extension: Extension, args: readonly unknown[]) => Promise<unknown>

/** A use that goes on until it is ended. */
export interface Lasting {
  /** Default: the guest's. */
  readonly call?: string
  readonly use?: Use
  readonly args: readonly unknown[]
  /** How many have begun. */
  readonly begun: (seen: Seen) => number | Promise<number>
  /** Called first: what it goes through takes its time from now on. */
  readonly hold?: () => void
  /** Called when the use has ended, by its permission alone. */
  readonly release?: () => void
}

export interface Seen {
  readonly box: Glovebox
  readonly platform: PretendPlatform
}

export interface MatrixRow {
  readonly permission: PermissionName
  readonly scope: Scope
  /** A part of the scope that has nothing of what `right` uses. */
  readonly narrower?: Scope
  /** A scope of the same permission that has nothing in common with this one. */
  readonly elsewhere?: Scope
  readonly script?: MatrixGuest
  readonly component?: MatrixGuest
  readonly core?: MatrixGuest
  /** What the capability needs in the box: collections of the app's, secrets, another extension. */
  readonly prepare?: (box: Glovebox) => Promise<unknown>
  readonly manifest?: Readonly<Record<string, unknown>>
  readonly options?: Partial<GloveboxOptions>
  /** How often the world has noticed a use: what is refused leaves it as it was. */
  readonly effects?: (seen: Seen) => number | Promise<number>
  /** The user is asked before it is known that the use is outside the scope. */
  readonly asksFirst?: boolean
  /** Permissions that the use needs beside this one; granted by policy. */
  readonly others?: readonly ScopedPermission[]
}

const LANES = ['script', 'component', 'core'] as const
type Lane = (typeof LANES)[number]

/** Components and core modules wait for the host by JSPI, or in an isolated page. */
const canWait = typeof Reflect.get(WebAssembly, 'Suspending') === 'function' || crossOriginIsolated

/** What became of a use, and how many prompts it took. */
type Outcome = readonly [code: string, prompts: number]

const EXPECTED: Readonly<Record<string, Outcome>> = {
  'wrong scope': ['permission-denied', 0],
  'no grant': ['permission-denied', 1],
  'right scope, until a date': ['done', 1],
  'forbidden by policy': ['permission-denied', 0],
  'what the policy grants is something else': ['permission-denied', 1],
  'what the policy leaves is something else': ['permission-denied', 0],
  'expired': ['permission-denied', 1],
  'right scope': ['done', 1],
  'right scope again': ['done', 0],
  'wrong scope beside a grant': ['permission-denied', 0],
  'revoked in flight': ['permission-revoked', 0],
  'revoked': ['permission-revoked', 0],
  'granted again by the host': ['done', 0],
  'narrowed in flight': ['permission-revoked', 0],
  'right scope, but the grant is narrower by now': ['permission-denied', 0],
}
const DATE_MS = 3_600_000

/** The clock that grants end by; a box takes it when it is made. That a timer tells the app, too, is tried in test/browser/grants.test.ts. */
function holdDate(): { readonly pass: (ms: number) => void } {
  const now = Date.now.bind(Date)
  let passedMs = 0
  const held = vi.spyOn(Date, 'now').mockImplementation(() => now() + passedMs)
  onTestFinished(() => held.mockRestore())
  return { pass: (ms) => void (passedMs += ms) }
}

export function describePermissions(rows: readonly MatrixRow[], isChosen: (lane: Lane, guest: MatrixGuest) => boolean = () => true): void {
  afterEach(endPretence)
  for (const row of rows) {
    for (const lane of LANES) {
      const guest = row[lane]
      if (guest === undefined || !isChosen(lane, guest) || (lane !== 'script' && !canWait && !guest.needsNoWaiting)) continue
      test(`${row.permission}, ${lane}: in every situation`, () => testGuest({ lane, row, guest, platform: pretendPlatform() }))
    }
  }
}

interface Cell {
  readonly lane: Lane
  readonly row: MatrixRow
  readonly guest: MatrixGuest
  readonly platform: PretendPlatform
}

async function testGuest(cell: Cell): Promise<void> {
  const { row, guest } = cell
  const { right, wrong, says = {} } = guest
  const { narrower, permission } = row
  const date = holdDate()
  const { extension, say, use, inFlight } = await install(cell)
  const outcomes: Record<string, Outcome> = {}
  if (wrong && !row.asksFirst) outcomes['wrong scope'] = await use(wrong)
  say(undefined) // not remembered
  outcomes['no grant'] = await use(right)
  say(() => ({ decision: 'until', until: new Date(Date.now() + DATE_MS) }))
  outcomes['right scope, until a date'] = await use(right)
  const under = async (rule: PolicyRule): Promise<Outcome> => (await install(cell, [rule])).use(right)
  outcomes['forbidden by policy'] = await under({ effect: 'forbid', permissions: [permission] })
  if (row.elsewhere) {
    const permissions = [{ name: permission, scope: row.elsewhere } as ScopedPermission] // the row is of that name
    outcomes['what the policy grants is something else'] = await under({ effect: 'grant', permissions, origins: ['local'] })
    outcomes['what the policy leaves is something else'] = await under({ effect: 'cap', permissions })
  }
  date.pass(DATE_MS)
  say(undefined)
  outcomes['expired'] = await use(right)
  say(() => 'always')
  outcomes['right scope'] = await use(right)
  outcomes['right scope again'] = await use(right)
  if (wrong) outcomes['wrong scope beside a grant'] = await use(wrong)
  const revoke = (): Promise<void> => extension.permissions.revoke(permission)
  if (guest.lasting) outcomes['revoked in flight'] = await inFlight(guest.lasting, revoke)
  else await revoke()
  outcomes['revoked'] = await use(right)
  await extension.permissions.request(permission)
  outcomes['granted again by the host'] = await use(right)
  if (narrower) {
    const narrow = (): Promise<void> => extension.permissions.narrow(permission, narrower)
    if (guest.lasting) outcomes['narrowed in flight'] = await inFlight(guest.lasting, narrow)
    else await narrow()
    outcomes['right scope, but the grant is narrower by now'] = await use(right)
  }

  const expected = Object.keys(outcomes).map((situation) => {
    const [code = '', prompts = 0] = EXPECTED[situation] ?? []
    return [situation, [says[code] ?? code, prompts]] as const
  })
  expect(outcomes).toEqual(Object.fromEntries(expected))
}

interface Installed {
  readonly extension: Extension
  /** How prompts are answered from now on; undefined: by nothing that is an answer. */
  readonly say: (answer: (() => Decision) | undefined) => void
  readonly use: (args: readonly unknown[]) => Promise<Outcome>
  /** What becomes of a use that goes on while the permission goes. */
  readonly inFlight: (lasting: Lasting, end: () => Promise<void>) => Promise<Outcome>
}

async function install({ lane, row, guest, platform }: Cell, rules: readonly PolicyRule[] = []): Promise<Installed> {
  const asked: PromptRequest[] = []
  let answer: (() => Decision) | undefined
  const prompt = async (request: PromptRequest): Promise<Decision[]> => {
    asked.push(request)
    return answer === undefined ? [] : request.permissions.map(answer)
  }
  const { others = [], prepare, effects = () => 0 } = row
  const pregrant: readonly PolicyRule[] = others.length > 0 ? [{ effect: 'grant', permissions: others, origins: ['local'] }] : []
  const prepared = typeof guest.main === 'object' && { prepared: preparedFixture(guest.main.fixture) }
  const box = await openBox({ prompt, policy: { rules: [...rules, ...pregrant] }, ...prepared, ...row.options })
  await prepare?.(box)
  const extension = await box.install(await packageOf(lane, row, guest))
  const seen: Seen = { box, platform }
  const run = guest.use ?? ((of: Extension, args: readonly unknown[]) => of.call(guest.call, structuredClone(args)))
  const use = async (args: readonly unknown[]): Promise<Outcome> => {
    const [questions, before] = [asked.length, await effects(seen)]
    platform.click()
    const code = await run(extension, args).then(() => 'done', codeOfGuest)
    const isDone = row.effects === undefined ? code === 'done' : (await effects(seen)) > before
    return [isDone === (code === 'done') ? code : `${code}, and the world ${isDone ? 'saw it' : 'saw nothing'}`, asked.length - questions]
  }
  const inFlight = async ({ call = guest.call, args, begun, hold, release, ...lasting }: Lasting, end: () => Promise<void>): Promise<Outcome> => {
    hold?.()
    const before = await begun(seen)
    platform.isSlow = true
    platform.click()
    const lasts = lasting.use ?? guest.use ?? ((of: Extension) => of.call(call, structuredClone(args)))
    const code = lasts(extension, args).then(() => 'done', codeOfGuest)
    const early = code.then((ended) => Promise.reject(new Error(`It ended before the permission went: ${ended}`)))
    await Promise.race([until(async () => (await begun(seen)) > before, 'the use to begin'), early])
    early.catch(() => undefined) // by the permission
    const ending = end()
    const ended = await code
    release?.()
    platform.isSlow = false
    await ending
    return [ended, 0]
  }
  return { extension, use, inFlight, say: (next) => { answer = next } }
}

async function packageOf(lane: Lane, row: MatrixRow, guest: MatrixGuest): Promise<ReturnType<typeof pkg>> {
  const main = await (typeof guest.main === 'object' ? loadFixture(guest.main.fixture) : typeof guest.main === 'string' ? guest.main : guest.main())
  const files = { [lane === 'script' ? 'main.js' : 'main.wasm']: main }
  const [entry] = Object.keys(files)
  const optionalPermissions = [{ name: row.permission, scope: row.scope, reason: 'to test' }, ...(row.others ?? [])]
  return { ...pkg('', { lane, entry, files: [entry], optionalPermissions, ...row.manifest, ...guest.manifest }), files }
}

/** The broker's code as each kind of guest passes it on: as its error's code, as the case of a Rust enum, or before a text. */
function codeOfGuest(error: { readonly guestCode?: string; readonly payload?: unknown; readonly message?: string }): string {
  if (typeof error.payload !== 'string') return error.guestCode || String(error.message)
  return error.payload.replace(/^[A-Za-z]+::/, '').replace(/: .*$/s, '').replace(/\B[A-Z]/g, '-$&').toLowerCase()
}
