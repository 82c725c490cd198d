/** The app's own code fails while it works for a guest: with errors of the library's, of other extensions and of its own. None tells a guest anything. */
import { type Extension, type Glovebox, LimitError, type StandardSchema } from 'glovebox'
import { describe, expect, test } from 'vitest'
import { limitsOf, openBox, pkg } from '../browser/box-harness.ts'
import { hearing } from '../browser/page-errors.ts'
import { ask, escape } from './escaped-harness.ts'

const SECRET = 'what only the app may read'
const fail = (): never => { throw new LimitError('rate-limit', SECRET, { details: { limit: 'callMs' } }) }
const schemaOf = (validate: StandardSchema['~standard']['validate']): StandardSchema => ({ '~standard': { version: 1, vendor: 'test', validate } })
const FAILING = schemaOf(fail)
/** Fails in what its result is read for, not while it runs. */
const TRAPPED: Readonly<Record<string, StandardSchema>> = {
  'that is refused': schemaOf(() => ({ issues: [{ get message(): string { return fail() } }] })),
  'that is too large': schemaOf(() => ({ value: ['x'.repeat(20 * 2 ** 20)] })),
  'that fails when it is read': schemaOf(() => ({ value: { get text(): string { return fail() } } })),
}
const listed = { get text(): string { return fail() } }

const GUEST = `
  const told = (promise) => promise.then(() => 'ok', (error) => error.code + ': ' + error.message + error.stack)
  export const host = (name) => told(glovebox.host.call('app.' + name, 1))
  export const emit = (name) => told(glovebox.events.emit('com.example.test/' + name, 1))
  export const read = (name) => told(glovebox.data.read(name, 1))
  export const write = (name) => told(glovebox.data.write(name, 1))
  export const subscribe = (name) => told((async () => { for await (const change of glovebox.data.subscribe(name)) return change })())`
const EVENTS: readonly string[] = ['refused', 'large', 'read', 'failing']
const PERMISSIONS = [
  { name: 'host:call', scope: { capabilities: ['app.call'] }, reason: '' }, { name: 'data:read', scope: { collections: ['failing', 'good'] }, reason: '' },
  { name: 'data:write', scope: { collections: ['failing', 'good'] }, reason: '' },
  { name: 'event:emit', scope: { events: EVENTS.map((name) => `com.example.test/${name}`) }, reason: '' },
]

async function open(): Promise<{ readonly box: Glovebox, readonly extension: Extension }> {
  const box = await openBox({ events: {
    'com.example.test/failing': FAILING, 'com.example.test/refused': TRAPPED['that is refused'] ?? FAILING,
    'com.example.test/large': TRAPPED['that is too large'] ?? FAILING, 'com.example.test/read': TRAPPED['that fails when it is read'] ?? FAILING,
  } })
  await box.provide({ capability: 'app', methods: {
    schema: { needs: 'call', args: FAILING as StandardSchema<readonly unknown[]>, run: () => 1 },
    run: { needs: 'call', run: fail },
    answer: { needs: 'call', run: () => listed },
    large: { needs: 'call', run: () => 'x'.repeat(20 * 2 ** 20) },
    unsupported: { needs: 'call', run: () => ({ [SECRET]: () => 1 }) },
  } })
  await box.provide({ collection: 'failing', schema: FAILING, query: FAILING, read: () => ({ items: [] }), write: () => 1, subscribe: fail })
  await box.provide({ collection: 'good', schema: schemaOf((value) => ({ value })), read: () => ({ items: [listed] }), write: () => listed })
  return { box, extension: await box.install(pkg(GUEST, { permissions: PERMISSIONS })) }
}

describe('an error of the app', () => {
  test.each([
    ['host', 'schema'], ['host', 'run'], ['host', 'answer'], ['host', 'large'], ['host', 'unsupported'],
    ...EVENTS.map((name) => ['emit', name] as const),
    ['read', 'failing'], ['read', 'good'], ['write', 'failing'], ['write', 'good'], ['subscribe', 'failing'],
  ] as const)('in %s(%s) is told to its developer, and to the guest as internal', async (method, name) => {
    const { box, extension } = await open()
    const limits = limitsOf(extension)
    const { result: told, errors } = await hearing(() => extension.call(method, [name]))

    expect(told).toMatch(/^internal: /)
    expect(told).not.toContain(SECRET)
    expect(errors).toHaveLength(1)
    expect([limits, (await box.audit.query({ kind: 'limit' })).rows]).toEqual([[], []])
  })

  test('that another extension caused says nothing of that one, and is no limit of the one that called', async () => {
    let other: Extension | undefined
    const run = async (): Promise<unknown> => other?.call('nameOfAPrivateExport', [], { timeoutMs: 300 })
    const escaped = await escape({ functions: { app: { ask: { extensions: 'all', params: [], result: 'json', run } } } }, {
      prepare: async (box) => { other = await box.install(pkg('export const nameOfAPrivateExport = () => new Promise(() => {})', { id: 'com.example.private' })) },
    })
    const { result: [answer], errors } = await hearing(() => ask(escaped, ['function.call', JSON.stringify(['app', 'ask', []])]))

    expect(answer?.code).toBe('internal')
    expect(errors).toMatchObject([{ code: 'deadline-exceeded' }])
    expect((await escaped.box.audit.query({ kind: 'limit' })).rows.map(({ extension }) => extension)).toEqual(['com.example.private'])
  })
})
