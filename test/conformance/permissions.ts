/**
 * The permission matrix: every capability in every situation, by real guests of a real box. A capability is one entry of ROWS. What the broker
 * does for each permission without a capability is tried in test/unit/permission/matrix.test.ts.
 */
import type { Decision, Extension, GloveboxOptions, PermissionName, PromptRequest, Scope } from 'glovebox'
import { describe, expect, inject, test } from 'vitest'
import { openBox, pkg, until } from '../browser/box-harness.ts'

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
  readonly component?: MatrixGuest & { readonly url: URL }
  /** A use by the script guest that goes on until it is ended, where the capability has one. */
  readonly lasting?: { readonly args: readonly unknown[]; readonly hasBegun: () => Promise<boolean> }
  /** What the box needs for it: an app's collections, a vault. */
  readonly options?: Partial<GloveboxOptions>
}

const { origin } = inject('server')
/** Vite finds literal addresses alone. */
const HOST = new URL('../fixtures/host/host.wasm', import.meta.url)
const storage = (method: 'get' | 'set'): string => `export const use = async (key) => glovebox.storage.${method}(key${method === 'set' ? ', 1' : ''})`
const http = (method: string) => ({
  scope: { origins: [origin], redirects: false, paths: ['/echo', '/slow'], methods: [method] },
  script: {
    code: `export const use = async (url) => (await fetch(url, { method: '${method}' })).text()`,
    call: 'use', right: [`${origin}/echo`], wrong: [`${origin}/hits`],
  },
  lasting: {
    args: [`${origin}/slow?ms=20000`],
    hasBegun: async (): Promise<boolean> => ((await (await fetch(`${origin}/hits?path=/slow`)).json()) as unknown[]).length > 0,
  },
})

export const ROWS: readonly MatrixRow[] = [
  { permission: 'http:read', ...http('GET') },
  { permission: 'http:write', ...http('POST') },
  {
    permission: 'storage:read', scope: { prefixes: ['a/'] },
    script: { code: storage('get'), call: 'use', right: ['a/1'], wrong: ['b/1'] },
    component: { url: HOST, call: 'recall', right: ['a/1'], wrong: ['b/1'] },
  },
  {
    permission: 'storage:write', scope: { prefixes: ['a/'] },
    script: { code: storage('set'), call: 'use', right: ['a/1'], wrong: ['b/1'] },
    component: { url: HOST, call: 'remember', right: ['a/1', new Uint8Array(1)], wrong: ['b/1', new Uint8Array(1)] },
  },
]

/** Components wait for the host by JSPI, or in an isolated page. */
const canWait = typeof Reflect.get(WebAssembly, 'Suspending') === 'function' || crossOriginIsolated

export function describePermissions(rows: readonly MatrixRow[] = ROWS): void {
  for (const row of rows) {
    describe(row.permission, () => {
      if (row.script !== undefined) describeGuest('script', row, row.script)
      if (row.component !== undefined) describe.skipIf(!canWait)('', () => describeGuest('component', row, row.component as MatrixGuest)) // just looked at
      const { lasting, script } = row
      if (lasting !== undefined && script !== undefined) describeLasting(row, script, lasting)
    })
  }
}

function describeGuest(lane: 'script' | 'component', row: MatrixRow, { call, right, wrong }: MatrixGuest): void {
  const use = (extension: Extension, args: readonly unknown[]): Promise<string> => extension.call(call, structuredClone(args)).then(() => 'done', codeOfGuest)

  test(`${lane}: is refused without a grant`, async () => {
    const { extension } = await install(lane, row, 'deny')

    expect(await use(extension, right)).toBe('permission-denied')
  })

  test.skipIf(wrong === undefined)(`${lane}: is refused outside its scope, and nobody is asked`, async () => {
    const { extension, asked } = await install(lane, row, 'always')

    expect([wrong && (await use(extension, wrong)), asked.length]).toEqual(['permission-denied', 0])
  })

  test(`${lane}: is given inside its scope, and asked once`, async () => {
    const { extension, asked } = await install(lane, row, 'always')

    expect([await use(extension, right), await use(extension, right), asked.length]).toEqual(['done', 'done', 1])
  })

  test(`${lane}: is refused when its time is over`, async () => {
    const soon = (): Decision => ({ decision: 'until', until: new Date(Date.now() + 500) })
    const { extension, asked } = await install(lane, row, (before) => (before.length > 1 ? 'deny' : soon()))
    const states: string[] = []
    extension.addEventListener('permission', ({ detail }) => states.push(detail.state))
    await extension.permissions.request(row.permission)
    await until(() => states.length === 2, 'the end of the grant')

    expect(states).toEqual(['granted', 'prompt'])
    expect([await use(extension, right), asked.length]).toEqual(['permission-denied', 2])
  })

  test(`${lane}: is refused when it is revoked`, async () => {
    const { extension } = await install(lane, row, 'always')
    await use(extension, right)
    await extension.permissions.revoke(row.permission)

    expect(await use(extension, right)).toBe('permission-revoked')
  })

  test(`${lane}: is refused where the policy forbids it, and nobody is asked`, async () => {
    const { extension, asked } = await install(lane, row, 'always', { policy: { rules: [{ effect: 'forbid', permissions: [row.permission] }] } })

    expect([await use(extension, right), asked.length]).toEqual(['permission-denied', 0])
  })
}

function describeLasting(row: MatrixRow, { call }: MatrixGuest, { args, hasBegun }: NonNullable<MatrixRow['lasting']>): void {
  test.each(['revoked', 'narrowed'] as const)('script: ends in flight when it is %s', async (how) => {
    await fetch(`${origin}/reset`, { method: 'POST' })
    const { extension } = await install('script', row, 'session')
    const code = extension.call(call, args).then(() => 'done', codeOfGuest)
    await until(hasBegun, 'the use to begin')
    if (how === 'revoked') await extension.permissions.revoke(row.permission)
    else await extension.permissions.narrow(row.permission, { ...row.scope, paths: ['/echo'] } as Scope)

    expect(await code).toBe('permission-revoked')
  })
}

type Answer = Decision | ((asked: readonly PromptRequest[]) => Decision)

async function install(
  lane: 'script' | 'component', row: MatrixRow, answer: Answer, options: Partial<GloveboxOptions> = {},
): Promise<{ readonly extension: Extension; readonly asked: PromptRequest[] }> {
  const asked: PromptRequest[] = []
  const prompt = async (request: PromptRequest): Promise<Decision[]> => {
    asked.push(request)
    return request.permissions.map(() => (typeof answer === 'function' ? answer(asked) : answer))
  }
  const box = await openBox({ ...row.options, prompt, ...options })
  const optionalPermissions = [{ name: row.permission, scope: row.scope, reason: 'to test' }]
  if (lane === 'script') return { extension: await box.install(pkg(row.script?.code ?? '', { optionalPermissions })), asked }
  const bytes = new Uint8Array(await (await fetch(row.component?.url ?? '')).arrayBuffer())
  const manifest = {
    id: 'com.example.test', name: 'Test', version: '1.0.0', lane: 'component', entry: 'main.wasm', files: ['main.wasm'], optionalPermissions,
  }
  return { extension: await box.install({ manifest, files: { 'main.wasm': bytes } }), asked }
}

/** The broker's code as each kind of guest passes it on: as its error's code, or as the case of a Rust enum. */
function codeOfGuest(error: { readonly guestCode?: string; readonly payload?: unknown; readonly message?: string }): string {
  if (typeof error.payload !== 'string') return error.guestCode || String(error.message)
  return error.payload.replace(/^.*::/, '').replace(/\B[A-Z]/g, '-$&').toLowerCase()
}
