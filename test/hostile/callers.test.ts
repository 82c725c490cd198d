/** What a caller causes is the caller's: nobody has the extension that it calls refused what that one needs for itself. */
import type { Extension, Glovebox, PromptRequest } from 'glovebox'
import { expect, inject, test } from 'vitest'
import { codeOf, openBox, pkg, until } from '../browser/box-harness.ts'

const { origin } = inject('server')
const STORAGE = { name: 'storage:read', scope: { prefixes: [''] } }
const READ = 'export const run = () => glovebox.storage.get("k").then(() => "ok", (error) => error.code)'

/** `com.<name>`, which calls com.b. */
function caller(box: Glovebox, code: string, { name = 'a', ...manifest }: Record<string, unknown> & { readonly name?: string } = {}): Promise<Extension> {
  const permissions = [{ name: 'extension:call', scope: { extensions: ['com.b'] } }]
  return box.install(pkg(code, { id: `com.${name}`, links: { b: { extension: 'com.b', version: '^1.0' } }, permissions, ...manifest }))
}

/** com.b's questions stay open until they are closed. */
function unanswered(): { readonly prompt: (request: PromptRequest, options: { readonly signal: AbortSignal }) => Promise<('session' | 'deny')[]>; readonly count: { open: number; closed: number } } {
  const count = { open: 0, closed: 0 }
  const prompt = async ({ permissions, when, extension }: PromptRequest, { signal }: { readonly signal: AbortSignal }): Promise<('session' | 'deny')[]> => {
    if (when === 'install' || extension.id !== 'com.b') return permissions.map(() => 'session')
    count.open++
    await new Promise((resolve) => { signal.addEventListener('abort', resolve) })
    count.closed++
    return permissions.map(() => 'deny')
  }
  return { prompt, count }
}

test('questions that end with the caller are counted as the caller\'s: the callee, and others who call it, are asked for as before', async () => {
  const { prompt, count } = unanswered()
  const box = await openBox({ prompt })
  const b = await box.install(pkg(READ, { id: 'com.b', lifetime: 'call', provides: [{ export: 'run', permissions: ['storage:read'] }], optionalPermissions: [STORAGE] }))
  const calling = 'export const run = () => glovebox.links.b.run()'
  const a = await caller(box, calling)
  const c = await caller(box, calling, { name: 'c' })
  /** Its call asks, and is given up. */
  const leave = async (extension: Extension): Promise<void> => {
    const [abort, asked] = [new AbortController(), count.open + 1]
    const call = codeOf(extension.call('run', [], { signal: abort.signal }))
    await until(() => count.open === asked, `question ${asked}`)
    abort.abort()
    await call
    await until(() => count.closed === asked, 'the question to be withdrawn')
  }
  for (let n = 1; n <= 3; n++) await leave(a)

  expect(await a.call('run')).toBe('permission-denied')
  expect(count.open).toBe(3)
  await leave(b)
  await leave(c)
  expect(count.open).toBe(5)
}, 60_000)

test('requests and questions for others take half of a rate at most, and count for those who wait', async () => {
  let questions = 0
  const box = await openBox({ prompt: async ({ permissions, when }) => {
    if (when === 'use') questions++
    return permissions.map(() => (when === 'use' ? 'once' as const : 'session' as const))
  } })
  const http = { name: 'http:read', scope: { origins: [origin] } }
  const provides = [{ export: 'get', permissions: ['http:read', 'storage:read'] }, { export: 'run', permissions: ['http:read', 'storage:read'] }]
  const b = await box.install(pkg(`${READ}; export const get = () => fetch('${origin}/echo').then(({ status }) => status, (error) => error.code)`, {
    id: 'com.b', provides, permissions: [http], optionalPermissions: [STORAGE], limits: { httpPerMinute: 10, promptsPerMinute: 6 },
  }))
  const many = 'export const go = async (name, n) => { const all = []; for (let i = 0; i < n; i++) all.push(await glovebox.links.b[name]()); return all }'
  const a = await caller(box, many)
  const small = await caller(box, many, { name: 'small', limits: { httpPerMinute: 1 } })

  expect(await small.call('go', ['get', 2])).toEqual([200, 'rate-limit'])
  expect(await a.call('go', ['get', 6])).toEqual([200, 200, 200, 200, 'rate-limit', 'rate-limit'])
  expect((await a.usage()).httpPerMinute?.used).toBeGreaterThan(0)
  expect(await a.call('go', ['run', 4])).toEqual(['ok', 'ok', 'ok', 'permission-denied'])
  expect(questions).toBe(3)

  for (let i = 0; i < 5; i++) expect(await b.call('get')).toBe(200)
  expect(await b.call('run')).toBe('ok')
  const { rows } = await box.audit.query({ extension: 'com.b', kind: 'limit' })
  expect(rows.length).toBeGreaterThan(0)
  expect(rows.every(({ facts }) => String(facts?.['onBehalfOf']).length > 5)).toBe(true)
}, 60_000)
