/** What the app and other extensions give, in the permission matrix: events, collections, capabilities, links. */
import type { Glovebox, HostEvent, StandardSchema } from 'glovebox'
import fixtures from 'virtual:glovebox-wat'
import { pkg } from '../browser/box-harness.ts'
import { capability, createNotes } from '../browser/provided-harness.ts'
import type { Lasting, MatrixRow, Seen } from './permissions.ts'

const broker = { fixture: 'broker/broker' }
const importer = async (): Promise<Uint8Array> => Uint8Array.from(atob(fixtures['importer']?.component ?? ''), (character) => character.charCodeAt(0))

const use = (code: string): string => `export const use = async (name) => ${code}`
const OWN = 'com.example.test'
const READY = `${OWN}/ready`

/** By box, what has happened in it. */
const counts = new WeakMap<Glovebox, number>()
const note = (box: Glovebox): void => void counts.set(box, countOf({ box }) + 1)
const countOf = ({ box }: Pick<Seen, 'box'>): number => counts.get(box) ?? 0

/** The component imports all of it, whatever it uses. What is written as `slow` is never done. */
async function provideAll(box: Glovebox): Promise<void> {
  const { collection } = createNotes()
  const watched: typeof collection = {
    ...collection,
    read: (...args) => (note(box), collection.read(...args)),
    write: (change, caller) => {
      note(box)
      return Reflect.get(Object(change), 'text') === 'slow' ? new Promise(() => undefined) : collection.write?.(change, caller)
    },
    subscribe: (...args) => (note(box), collection.subscribe?.(...args) ?? (() => undefined)),
  }
  const noting = Object.entries(capability.methods).map(([name, method]) => {
    return [name, { ...method, run: (...args: Parameters<typeof method.run>) => (note(box), method.run(...args)) }] as const
  })
  for (const provided of [watched, { ...watched, collection: 'other' }, { ...capability, methods: Object.fromEntries(noting) }]) await box.provide(provided)
}

/** Of an event whose schema takes its time. */
const opening: { release: () => void, count: number } = { release: () => undefined, count: 0 }
const slowSchema: StandardSchema = { '~standard': { version: 1, vendor: 'test', validate: async (value) => {
  opening.count++
  await new Promise<void>((resolve) => { opening.release = resolve })
  return { value }
} } }
const opensSlowly = (args: readonly unknown[]): Lasting => ({ args, begun: () => opening.count, release: () => opening.release() })
const heard = (box: Glovebox) => (_: HostEvent): void => note(box)

export const APP_ROWS: readonly MatrixRow[] = [
  {
    permission: 'event:emit', scope: { events: [`${OWN}/a`, `${OWN}/slow`] }, narrower: { events: [`${OWN}/slow`] },
    options: { events: { [`${OWN}/slow`]: slowSchema } },
    effects: countOf,
    script: { main: use('glovebox.events.emit(name, 1)'), call: 'use', right: [`${OWN}/a`], wrong: [`${OWN}/b`], lasting: opensSlowly([`${OWN}/slow`]) },
    component: {
      main: broker, call: 'emit', right: [`${OWN}/a`, '1'], wrong: [`${OWN}/b`, '1'],
      lasting: opensSlowly([`${OWN}/slow`, '1']),
    },
    prepare: async (box) => {
      for (const name of ['a', 'b']) box.events.listen(`${OWN}/${name}`, heard(box))
      await provideAll(box)
    },
  },
  {
    permission: 'event:listen', scope: { events: ['host/a', 'host/b'] }, narrower: { events: ['host/b'] },
    others: [{ name: 'event:emit', scope: { events: [READY] } }],
    effects: countOf,
    script: {
      main: `
        export const use = async (name, _, count) => {
          const heard = glovebox.events.listen(name)
          await heard.opened
          await glovebox.events.emit('${READY}', null)
          if (count > 0) await heard.next()
          await heard.return()
        }`,
      call: 'use', right: ['host/a', READY, 0], wrong: ['host/c', READY, 0],
      lasting: { args: ['host/a', READY, 1], begun: countOf },
    },
    component: { main: broker, call: 'listen', right: ['host/a', READY, 0], wrong: ['host/c', READY, 0], lasting: { args: ['host/a', READY, 1], begun: countOf } },
    prepare: async (box) => {
      await provideAll(box)
      box.events.listen(READY, () => note(box))
    },
  },
  {
    permission: 'data:read', scope: { collections: ['notes', 'more'] }, narrower: { collections: ['more'] },
    effects: countOf,
    script: {
      main: `${use('glovebox.data.read(name)')}\nexport const last = async (name) => { for await (const _ of glovebox.data.subscribe(name)); }`,
      call: 'use', right: ['notes'], wrong: ['other'],
      lasting: { call: 'last', args: ['notes'], begun: countOf },
    },
    component: { main: broker, call: 'read', right: ['notes', 'null'], wrong: ['other', 'null'], lasting: { call: 'changes', args: ['notes', 1], begun: countOf } },
    prepare: provideAll,
  },
  {
    permission: 'data:write', scope: { collections: ['notes', 'more'] }, narrower: { collections: ['more'] },
    effects: countOf,
    script: {
      main: `export const use = async (name, text) => glovebox.data.write(name, { id: 4, text })`, call: 'use', right: ['notes', 'four'], wrong: ['other', 'four'],
      lasting: { args: ['notes', 'slow'], begun: countOf },
    },
    component: {
      main: broker, call: 'write', right: ['notes', '{"id":4,"text":"four"}'], wrong: ['other', '{"id":4,"text":"four"}'],
      lasting: { args: ['notes', '{"id":4,"text":"slow"}'], begun: countOf },
    },
    prepare: provideAll,
  },
  {
    permission: 'host:call', scope: { capabilities: ['notes.read', 'notes.fail'] }, narrower: { capabilities: ['notes.fail'] },
    effects: countOf,
    script: {
      main: use(`glovebox.host.call(name, 'x')`), call: 'use', right: ['notes.getNotes'], wrong: ['notes.echo'],
      lasting: { args: ['notes.never'], begun: countOf },
    },
    component: {
      main: broker, call: 'call', right: ['notes.getNotes', '["x"]'], wrong: ['notes.echo', '["x"]'],
      lasting: { args: ['notes.never', '[]'], begun: countOf },
    },
    prepare: provideAll,
  },
  {
    permission: 'extension:call', scope: { extensions: ['com.example.other', 'com.example.more'] }, narrower: { extensions: ['com.example.more'] },
    script: {
      main: use('glovebox.links.math.half(name)'), call: 'use', right: [8],
      lasting: { args: [0], begun: serving },
    },
    component: { main: importer, call: 'half', right: [8], lasting: { args: [0], begun: serving } },
    manifest: { links: { math: { extension: 'com.example.other', version: '^1.0', interface: 'acme:math/api@1.1.0' } } },
    prepare: (box) => box.install(pkg('export const api = { half: (x) => (x > 0 ? x / 2 : new Promise(() => {})) }', {
      id: 'com.example.other', version: '1.0.0', provides: [{ interface: 'acme:math/api@1.1.0' }],
    })),
  },
]

async function serving({ box }: Pick<Seen, 'box'>): Promise<number> {
  const { instances } = await box.get('com.example.other').inspect()
  return instances.reduce((sum, { serves, pendingCalls }) => sum + (serves === 'extensions' ? pendingCalls.length : 0), 0)
}
