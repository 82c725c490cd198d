/** The capabilities of the permission matrix, one row each. */
import type { Glovebox } from 'glovebox'
import { inject } from 'vitest'
import { pkg } from '../browser/box-harness.ts'
import { capability, createNotes } from '../browser/provided-harness.ts'
import type { MatrixRow } from './permissions.ts'

const { origin } = inject('server')

const use = (code: string): string => `export const use = async (name) => ${code}`
const http = (method: string) => ({
  scope: { origins: [origin], redirects: false, paths: ['/echo', '/slow'], methods: [method] },
  script: { code: use(`(await fetch(name, { method: '${method}' })).text()`), call: 'use', right: [`${origin}/echo`], wrong: [`${origin}/hits`] },
  lasting: {
    args: [`${origin}/slow?ms=20000`],
    narrower: { origins: [origin], redirects: false, paths: ['/echo'], methods: [method] },
    hasBegun: async (): Promise<boolean> => ((await (await fetch(`${origin}/hits?path=/slow`)).json()) as unknown[]).length > 0,
  },
})

/** The component imports all of it, whatever it uses. */
async function provideAll(box: Glovebox): Promise<void> {
  const { collection } = createNotes()
  for (const provided of [collection, { ...collection, collection: 'other' }, capability]) await box.provide(provided)
}

/** Nobody clicks here: where a use is permitted it comes as far as the browser, which has its own conditions. */
const platform = (code: string, call: string, ...right: readonly unknown[]) => ({
  script: { code: use(code), call: 'use', right: [] },
  component: { fixture: 'platform/platform', call, right },
  permitted: ['gesture-required', 'browser-refused', 'not-supported'],
})

export const ROWS: readonly MatrixRow[] = [
  { permission: 'http:read', ...http('GET') },
  { permission: 'http:write', ...http('POST') },
  {
    permission: 'storage:read', scope: { prefixes: ['a/'] },
    script: { code: use('glovebox.storage.get(name)'), call: 'use', right: ['a/1'], wrong: ['b/1'] },
    component: { fixture: 'host/host', call: 'recall', right: ['a/1'], wrong: ['b/1'] },
  },
  {
    permission: 'storage:write', scope: { prefixes: ['a/'] },
    script: { code: use('glovebox.storage.set(name, 1)'), call: 'use', right: ['a/1'], wrong: ['b/1'] },
    component: { fixture: 'host/host', call: 'remember', right: ['a/1', new Uint8Array(1)], wrong: ['b/1', new Uint8Array(1)] },
  },
  {
    permission: 'event:emit', scope: { events: ['com.example.test/a'] },
    script: { code: use('glovebox.events.emit(name, 1)'), call: 'use', right: ['com.example.test/a'], wrong: ['com.example.test/b'] },
    component: { fixture: 'broker/broker', call: 'emit', right: ['com.example.test/a', '1'], wrong: ['com.example.test/b', '1'] },
    prepare: provideAll,
  },
  {
    permission: 'event:listen', scope: { events: ['host/a', 'host/b'] },
    script: { code: use('{ const stop = await glovebox.events.listen(name, () => {}); stop() }'), call: 'use', right: ['host/a'], wrong: ['host/c'] },
  },
  {
    permission: 'data:read', scope: { collections: ['notes'] },
    script: { code: use('glovebox.data.read(name)'), call: 'use', right: ['notes'], wrong: ['other'] },
    component: { fixture: 'broker/broker', call: 'read', right: ['notes', 'null'], wrong: ['other', 'null'] },
    prepare: provideAll,
  },
  {
    permission: 'data:write', scope: { collections: ['notes'] },
    script: { code: use(`glovebox.data.write(name, { id: 4, text: 'four' })`), call: 'use', right: ['notes'], wrong: ['other'] },
    component: { fixture: 'broker/broker', call: 'write', right: ['notes', '{"id":4,"text":"four"}'], wrong: ['other', '1'] },
    prepare: provideAll,
  },
  {
    permission: 'host:call', scope: { capabilities: ['notes.read', 'notes.fail'] },
    script: { code: use(`glovebox.host.call(name, 'x')`), call: 'use', right: ['notes.getNotes'], wrong: ['notes.echo'] },
    component: { fixture: 'broker/broker', call: 'call', right: ['notes.getNotes', '["x"]'], wrong: ['notes.echo', '["x"]'] },
    lasting: { args: ['notes.never'], narrower: { capabilities: ['notes.fail'] } },
    prepare: provideAll,
  },
  {
    permission: 'vault:read', scope: { secrets: ['mine'] },
    script: { code: use('glovebox.vault.get(name)'), call: 'use', right: ['mine'], wrong: ['other'] },
    component: { fixture: 'vault/vault', call: 'recall', right: ['mine'], wrong: ['other'] },
  },
  {
    permission: 'vault:write', scope: { secrets: ['mine'] },
    script: { code: use(`glovebox.vault.set(name, 'secret-1')`), call: 'use', right: ['mine'], wrong: ['other'] },
    component: { fixture: 'vault/vault', call: 'keep', right: ['mine', 'secret-1'], wrong: ['other', 'secret-1'] },
  },
  {
    permission: 'vault:use', scope: { secrets: ['token'] },
    script: {
      code: use(`(await fetch('${origin}/echo', { headers: { 'x-glovebox-secret': name } })).text()`), call: 'use', right: ['token'], wrong: ['other'],
    },
    others: [{ name: 'http:read', scope: { origins: [origin], redirects: false } }],
    prepare: async (box) => {
      const binding = { origin, path: '/echo', methods: ['GET'], header: 'authorization' }
      for (const name of ['token', 'other']) await box.vault.set(name, `secret-of-${name}`, { binding, extensions: ['com.example.test'] })
    },
  },
  {
    permission: 'extension:call', scope: { extensions: ['com.example.other'] },
    script: { code: use('glovebox.links.other.greet(name)'), call: 'use', right: ['you'] },
    manifest: { links: { other: { extension: 'com.example.other', version: '^1.0' } } },
    prepare: (box) => box.install(pkg('export const greet = (name) => name', { id: 'com.example.other', provides: [{ export: 'greet' }] })),
  },
  { permission: 'clipboard:read', scope: {}, ...platform('glovebox.clipboard.readText()', 'readClipboard') },
  { permission: 'clipboard:write', scope: {}, ...platform("glovebox.clipboard.writeText('x')", 'writeClipboard', 'x') },
  { permission: 'notification:show', scope: {}, ...platform("glovebox.notifications.show({ title: 'x' })", 'show', 'x') },
  { permission: 'file:read', scope: { directories: [], picked: true }, ...platform('glovebox.files.pick()', 'pick', [], false) },
  {
    permission: 'file:write', scope: { directories: [], picked: true },
    ...platform("glovebox.files.save('x', 'x')", 'save', 'x', new Uint8Array(1)),
  },
  { permission: 'serial:open', scope: { filters: [{ vendorId: 1 }] }, ...platform('glovebox.serial.open({ baudRate: 9600 })', 'listen', 1) },
]
