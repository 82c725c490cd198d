/** The capabilities of the permission matrix, one row each. */
import { inject } from 'vitest'
import { type BusyStore, keepBusy } from '../browser/busy-store.ts'
import { compileWat } from '../browser/core-harness.ts'
import { APP_ROWS } from './permission-rows-app.ts'
import { PLATFORM_ROWS } from './permission-rows-platform.ts'
import type { Lasting, MatrixGuest, MatrixRow } from './permissions.ts'
import { HTTP_PLUGIN } from './plugins.ts'

const { origin } = inject('server')
const use = (code: string): string => `export const use = async (name) => ${code}`

async function hits(path: string): Promise<number> {
  const found = (await (await fetch(`${origin}/hits?path=${path}`)).json()) as readonly { readonly method: string }[]
  return found.filter(({ method }) => method !== 'OPTIONS').length
}

/** One error of wasi:http for both. */
const DENIED = { 'permission-denied': 'denied', 'permission-revoked': 'denied' }
const SLOW = '/slow?ms=20000'
const begun = (): Promise<number> => hits('/slow')

/** A use that waits for a table of the database: it is in flight until its permission ends it. */
function waitingFor(table: string, args: readonly unknown[], { what, ...more }: Partial<Lasting> & { readonly what?: 'writes' } = {}): Lasting {
  let busy: BusyStore | undefined
  return { args, begun: () => busy?.count ?? 0, hold: () => { busy = keepBusy(table, what) }, release: () => busy?.release(), ...more }
}
const KEPT: Pick<MatrixRow, 'options'> = { options: { store: 'indexeddb' } }

const http = (permission: 'http:read' | 'http:write', method: string): MatrixRow => ({
  permission,
  scope: { origins: [origin], redirects: false, paths: ['/echo', '/slow'], methods: [method] },
  narrower: { origins: [origin], redirects: false, paths: ['/echo/deep'], methods: [method] },
  effects: () => hits('/'),
  script: {
    main: use(`(await fetch(name, { method: '${method}' })).text()`), call: 'use', right: [`${origin}/echo`], wrong: [`${origin}/status`],
    lasting: { args: [origin + SLOW], begun },
  },
  component: {
    main: { fixture: 'server/server' }, call: 'fetch', right: ['/echo'], wrong: ['/status'], says: DENIED,
    use: async (extension, [path]) => {
      const response = await extension.fetch(`https://extension.test/proxy?${origin}${String(path)}`, { method })
      if (response.status !== 200) throw new Error(await response.text())
    },
    lasting: { args: [SLOW], begun },
  },
  core: {
    main: () => compileWat(HTTP_PLUGIN), manifest: { core: { abi: 'extism' } }, call: 'get', right: [{ url: `${origin}/echo`, method }], wrong: [{ url: `${origin}/status`, method }],
    lasting: { args: [{ url: origin + SLOW, method }], begun },
  },
})

/** Makes the directory `n`, or removes it: a change each time. @param fd  3 is `/`, 4 the first kept directory */
const CHANGE = `(module
  (import "wasi_snapshot_preview1" "path_create_directory" (func $make (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_remove_directory" (func $remove (param i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "n")
  (func (export "change") (param $fd i32) (result i32) (local $errno i32)
    (local.set $errno (call $make (local.get $fd) (i32.const 0) (i32.const 1)))
    (if (i32.eq (local.get $errno) (i32.const 20)) (then (local.set $errno (call $remove (local.get $fd) (i32.const 0) (i32.const 1)))))
    (local.get $errno)))`

/** A directory that may not be read is not there: what is not found, or no descriptor. */
const ABSENT = { 'permission-denied': '44', 'permission-revoked': '44' }
const NO_DESCRIPTOR = { 'permission-denied': '8', 'permission-revoked': '8' }

const change: MatrixGuest['use'] = async (extension, args) => {
  const errno = await extension.call('change', [...args])
  await extension.stop() // directories are loaded when an instance starts
  if (errno !== 0) throw new Error(String(errno))
}

/** Directories of a component's or a module's own, kept between instances. Whoever may not read one cannot write it either. */
const kept = (permission: 'file:read' | 'file:write'): MatrixRow => ({
  permission,
  scope: { directories: ['/data'], picked: true },
  narrower: { directories: [], picked: true },
  // Directories are loaded when an instance starts, whatever it then does; what is written is stored at the end of the call.
  asksFirst: true,
  others: [{ name: permission === 'file:read' ? 'file:write' : 'file:read', scope: { directories: ['/data'] } }],
  ...KEPT,
  component: {
    main: { fixture: 'files/files' }, call: 'writeFile', right: ['/data/note', 'kept'], needsNoWaiting: true, ...(permission === 'file:read' && { says: ABSENT }),
    lasting: waitingFor('files', ['/data/note', 'kept'], permission === 'file:write' ? { what: 'writes' } : {}),
    use: async (extension, args) => {
      try {
        await extension.call('writeFile', args)
        await extension.stop()
        await extension.call('readFile', args.slice(0, 1))
      } finally {
        await extension.stop()
      }
    },
  },
  core: {
    main: () => compileWat(CHANGE), manifest: { core: { abi: 'wasi' } }, call: 'change', right: [4], needsNoWaiting: true, use: change,
    ...(permission === 'file:read' && { says: NO_DESCRIPTOR }),
    lasting: waitingFor('files', [4], permission === 'file:write' ? { what: 'writes' } : {}),
  },
})

export const ROWS: readonly MatrixRow[] = [
  http('http:read', 'GET'),
  http('http:write', 'POST'),
  {
    permission: 'storage:read', scope: { prefixes: ['a/'] }, narrower: { prefixes: ['a/2'] }, ...KEPT,
    script: { main: use('glovebox.storage.get(name)'), call: 'use', right: ['a/1'], wrong: ['b/1'], lasting: waitingFor('values', ['a/1']) },
    component: { main: { fixture: 'host/host' }, call: 'recall', right: ['a/1'], wrong: ['b/1'], lasting: waitingFor('values', ['a/1']) },
  },
  {
    permission: 'storage:write', scope: { prefixes: ['a/'] }, narrower: { prefixes: ['a/2'] }, ...KEPT,
    script: { main: use('glovebox.storage.set(name, 1)'), call: 'use', right: ['a/1'], wrong: ['b/1'], lasting: waitingFor('values', ['a/1']) },
    component: {
      main: { fixture: 'host/host' }, call: 'remember', right: ['a/1', new Uint8Array(1)], wrong: ['b/1', new Uint8Array(1)],
      lasting: waitingFor('values', ['a/1', new Uint8Array(1)]),
    },
  },
  kept('file:read'),
  kept('file:write'),
  {
    permission: 'vault:read', scope: { secrets: ['mine', 'more'] }, narrower: { secrets: ['more'] }, ...KEPT,
    script: { main: use('glovebox.vault.get(name)'), call: 'use', right: ['mine'], wrong: ['other'], lasting: waitingFor('vault', ['mine']) },
    component: { main: { fixture: 'vault/vault' }, call: 'recall', right: ['mine'], wrong: ['other'], lasting: waitingFor('vault', ['mine']) },
  },
  {
    permission: 'vault:write', scope: { secrets: ['mine', 'more'] }, narrower: { secrets: ['more'] }, ...KEPT,
    script: { main: use(`glovebox.vault.set(name, 'secret-1')`), call: 'use', right: ['mine'], wrong: ['other'], lasting: waitingFor('vault', ['mine']) },
    component: {
      main: { fixture: 'vault/vault' }, call: 'keep', right: ['mine', 'secret-1'], wrong: ['other', 'secret-1'], lasting: waitingFor('vault', ['mine', 'secret-1']),
    },
  },
  {
    permission: 'vault:use', scope: { secrets: ['token', 'more'] }, narrower: { secrets: ['more'] },
    effects: () => hits('/'),
    script: {
      main: `export const use = async (path, name) => (await fetch('${origin}' + path, { headers: { 'x-glovebox-secret': name } })).text()`,
      call: 'use', right: ['/echo', 'token'], wrong: ['/echo', 'other'],
      lasting: { args: [SLOW, 'token'], begun },
    },
    component: {
      main: { fixture: 'vault/vault' }, call: 'ask', right: [new URL(origin).host, '/echo', 'token'], wrong: [new URL(origin).host, '/echo', 'other'], says: DENIED,
      lasting: { args: [new URL(origin).host, SLOW, 'token'], begun },
    },
    others: [{ name: 'http:read', scope: { origins: [origin], redirects: false } }],
    prepare: async (box) => {
      const binding = { origin, path: '/', methods: ['GET'], header: 'authorization' }
      for (const name of ['token', 'other']) await box.vault.set(name, `secret-of-${name}`, { binding, extensions: ['com.example.test'] })
    },
  },
  {
    permission: 'file:read', scope: { directories: ['/data', '/logs'] }, narrower: { directories: ['/logs'] }, ...KEPT,
    script: { main: use('glovebox.files.list(name)'), call: 'use', right: ['/data'], wrong: ['/other'], lasting: waitingFor('files', ['/data']) },
  },
  {
    permission: 'file:write', scope: { directories: ['/data', '/logs'] }, narrower: { directories: ['/logs'] }, ...KEPT,
    script: {
      main: use("glovebox.files.write(name, 'x')"), call: 'use', right: ['/data/a'], wrong: ['/other/a'],
      lasting: waitingFor('files', ['/data/a'], { what: 'writes' }),
    },
    others: [{ name: 'file:read', scope: { directories: ['/data', '/logs', '/other'] } }],
  },
  ...APP_ROWS,
  ...PLATFORM_ROWS,
]
