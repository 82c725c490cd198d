/** Installing, coming back after a reload, updating, uninstalling; the store's promises as the app sees them. */
import { createGlovebox, type Decision } from 'glovebox'
import { describe, expect, inject, test } from 'vitest'
import { answering, codeOf, failure, openBox, pkg, uniqueName } from './box-harness.ts'

const { origin } = inject('server')
const CODE = 'export const version = () => 1'

async function serve(name: string, files: Record<string, string>): Promise<string> {
  const response = await fetch(`${origin}/register/${name}`, { method: 'POST', body: JSON.stringify({ files }) })
  return ((await response.json()) as { readonly url: string }).url
}

const served = (manifest: object, code = CODE): Record<string, string> => ({ 'glovebox.json': JSON.stringify(manifest), 'main.js': code })

describe('an install', () => {
  test('from a URL has the URL up to its last slash as origin, and the digest of the same files as an object', async () => {
    const { manifest, files } = pkg(CODE)
    const url = await serve('by-url', served(manifest))
    const box = await openBox()

    const byUrl = await box.install(`${url}glovebox.json`)
    const other = await (await openBox()).install({ manifest, files })

    expect(byUrl.origin).toBe(url)
    expect(other.origin).toBe('local')
    expect(byUrl.digest).toBe(other.digest)
    expect(await byUrl.call('version')).toBe(1)
  })

  test.each([
    ['an import of a bare specifier', "import x from 'lodash'", 'import-unresolved', { file: 'main.js', line: 1, column: 15 }],
    ['an import of a missing file', "\nimport x from './nowhere.js'", 'import-unresolved', { file: 'main.js', line: 2 }],
    ['an import from outside the package', "import '../../x.js'", 'import-unresolved', { file: 'main.js' }],
    ['an import of a URL', "import 'https://example.com/x.js'", 'import-unresolved', { file: 'main.js' }],
    ['a syntax error', 'export const x = 1\nexport const = 2', 'syntax-error', { file: 'main.js', line: 2 }],
  ])('refuses %s, and runs nothing', async (_, code, expected, details) => {
    const box = await openBox()

    const error = await failure(box.install(pkg(code)))

    expect(error.code).toBe(expected)
    expect(error['details']).toMatchObject(details)
    expect(box.list()).toEqual([])
  })

  test('compiles without running', async () => {
    const box = await openBox()
    const extension = await box.install(pkg('console.log("I ran"); export const x = () => 1'))
    const lines: unknown[] = []
    extension.addEventListener('log', ({ detail }) => lines.push(detail.text))

    expect(extension.state).toBe('stopped')
    await extension.call('x')
    expect(lines).toEqual(['I ran'])
  })

  test('asks for everything required in one prompt, with who and what', async () => {
    const { prompt, requests } = answering('session')
    const box = await openBox({ prompt })
    await box.install(pkg(CODE, {
      name: 'Tester',
      permissions: [
        { name: 'http:read', scope: { origins: ['https://api.example.com'] }, reason: 'news' },
        { name: 'storage:read', scope: { prefixes: ['a/'] }, reason: 'marks' },
      ],
    }))

    expect(requests).toMatchObject([{
      when: 'install',
      extension: { id: 'com.example.test', name: 'Tester', origin: 'local', unsigned: true, digest: expect.stringMatching(/^sha256:/) },
      permissions: [{ name: 'http:read', reason: 'news', scope: { origins: ['https://api.example.com'] } }, { name: 'storage:read', reason: 'marks' }],
    }])
  })

  test('of the same code gives the same object; of other code ends the old one', async () => {
    const box = await openBox()
    const first = await box.install(pkg(CODE))
    expect(await box.install(pkg(CODE))).toBe(first)

    const second = await box.install(pkg('export const version = () => 2'))

    expect(await second.call('version')).toBe(2)
    expect(await codeOf(first.call('version'))).toBe('disposed')
    expect(box.get('com.example.test')).toBe(second)
    expect(box.list()).toEqual([second])
  })

  test('under an id that belongs to another origin is refused', async () => {
    const box = await openBox()
    await box.install(pkg(CODE))
    const url = await serve('thief', served(pkg(CODE).manifest))

    expect(await codeOf(box.install(`${url}glovebox.json`))).toBe('id-taken')
  })

  test('that fails after the user said "always", since another tab took the id, leaves no grant behind', async () => {
    const permissions = [{ name: 'storage:read', scope: { prefixes: [''] }, reason: 'to test' }]
    const url = await serve('taken-while-asked', served(pkg(CODE, { permissions }).manifest))
    const shared = { name: uniqueName(), store: 'indexeddb' } as const
    const other = await openBox(shared)
    let asked = 0
    const box = await openBox({ ...shared, prompt: async () => {
      asked += 1
      if (asked === 1) await other.install(pkg(CODE))
      return ['always']
    } })

    expect(await codeOf(box.install(`${url}glovebox.json`))).toBe('id-taken')
    await other.uninstall('com.example.test')
    await box.install(`${url}glovebox.json`)

    expect(asked).toBe(2)
  })

  test('that is aborted records nothing', async () => {
    const stop = new AbortController()
    const box = await openBox({ prompt: async () => { stop.abort(new Error('left')); return new Promise<Decision[]>(() => {}) } })
    const withPermission = pkg(CODE, { permissions: [{ name: 'storage:read', scope: { prefixes: [''] }, reason: '' }] })

    expect((await failure(box.install(withPermission, { signal: stop.signal }))).message).toBe('left')
    expect(box.list()).toEqual([])
  })
})

const COUNT = `
export const add = async () => { const n = (await glovebox.storage.get('n') ?? 0) + 1; await glovebox.storage.set('n', n); return n }
export const has = async () => await glovebox.storage.get('n')`
const STORAGE = {
  permissions: [
    { name: 'storage:read', scope: { prefixes: [''] }, reason: '' },
    { name: 'storage:write', scope: { prefixes: [''] }, reason: '' },
  ],
}

describe('over a reload', () => {
  test('extensions, grants and storage come back, and nobody is asked again', async () => {
    const name = uniqueName()
    const first = await openBox({ name, store: 'indexeddb', prompt: answering('always').prompt })
    await (await first.install(pkg(COUNT, STORAGE))).call('add')
    first.dispose()

    const { prompt, requests } = answering('deny')
    const second = await openBox({ name, store: 'indexeddb', prompt })

    expect(await second.get('com.example.test').call('add')).toBe(2)
    expect(requests).toEqual([])
  })

  test('a damaged package is dropped and fetched again', async () => {
    const name = uniqueName()
    const url = await serve('again', served(pkg(CODE).manifest))
    const first = await openBox({ name, store: 'indexeddb' })
    await first.install(`${url}glovebox.json`)
    first.dispose()
    await damage(name)

    const second = await openBox({ name, store: 'indexeddb' })

    expect(second.report().problems).toEqual([])
    expect(await second.get('com.example.test').call('version')).toBe(1)
  })

  test('a damaged package of bytes is told, and the others come back', async () => {
    const name = uniqueName()
    const first = await openBox({ name, store: 'indexeddb' })
    await first.install(pkg(CODE))
    first.dispose()
    await damage(name)

    const second = await openBox({ name, store: 'indexeddb' })

    expect(second.report().problems).toMatchObject([{ id: 'com.example.test', code: 'digest-mismatch' }])
    expect(second.list()).toEqual([])

    // It still holds its id, so it can be uninstalled all the same.
    await second.uninstall('com.example.test')
    expect(second.report().problems).toEqual([])
    const url = await serve('successor', served(pkg(CODE).manifest))
    expect(await (await second.install(`${url}glovebox.json`)).call('version')).toBe(1)
  })

  test('a record made in development does not start under digests, nor the other way round', async () => {
    const name = uniqueName()
    const first = await openBox({ name, store: 'indexeddb' })
    const { digest } = await first.install(pkg(CODE))
    first.dispose()

    const second = await openBox({ name, store: 'indexeddb', trust: { kind: 'digests', allow: [digest] } })

    expect(await codeOf(second.get('com.example.test').call('version'))).toBe('trust-mismatch')
    expect(await (await second.install(pkg(CODE))).call('version')).toBe(1)
  })

  test('a digest taken off the list does not start', async () => {
    const name = uniqueName()
    const probe = await (await openBox()).install(pkg(CODE))
    const first = await openBox({ name, store: 'indexeddb', trust: { kind: 'digests', allow: [probe.digest] } })
    await first.install(pkg(CODE))
    first.dispose()

    const second = await openBox({ name, store: 'indexeddb', trust: { kind: 'digests', allow: [] } })

    expect(second.report().problems).toMatchObject([{ id: 'com.example.test', code: 'untrusted-digest' }])
  })
})

describe('an update and an uninstall', () => {
  test('an update keeps storage, and its grants are asked for again', async () => {
    const { prompt, requests } = answering('always')
    const box = await openBox({ prompt })
    await (await box.install(pkg(COUNT, STORAGE))).call('add')

    const updated = await box.install(pkg(`${COUNT}\n// new`, STORAGE))

    expect(requests.length).toBe(2)
    expect(await updated.call('add')).toBe(2)
  })

  test('an uninstall leaves nothing of storage and grants', async () => {
    const { prompt, requests } = answering('always')
    const box = await openBox({ prompt, store: 'indexeddb' })
    const extension = await box.install(pkg(COUNT, STORAGE))
    await extension.call('add')

    await box.uninstall('com.example.test')

    expect(extension.state).toBe('uninstalled')
    expect(() => box.get('com.example.test')).toThrow(expect.objectContaining({ code: 'not-installed' }))
    expect(await codeOf(box.uninstall('com.example.test'))).toBe('not-installed')
    const again = await box.install(pkg(COUNT, STORAGE))
    expect(requests.length).toBe(2)
    expect(await again.call('has')).toBe(undefined)
  })
})

describe('the box', () => {
  test('reports what it gives and what it gives up', async () => {
    const box = await openBox({ isolation: 'worker' })
    await box.install(pkg(CODE))

    expect(box.report()).toMatchObject({
      isolation: { kind: 'page-worker', givesUp: expect.arrayContaining([expect.stringContaining('IndexedDB')]) },
      store: { kind: 'memory', persists: false },
      trust: { kind: 'development', runsUnsigned: true },
      extensions: [{ id: 'com.example.test', unsigned: true, trustKind: 'development', lane: 'script' }],
    })
    expect(await box.get('com.example.test').call('version')).toBe(1)
  })

  test('falls back to a srcdoc frame only when told to', async () => {
    const files = Object.fromEntries(await Promise.all(['script.worker.js', 'frame.html'].map(async (name) => [name, await (await fetch(`/dist/${name}`)).text()])))
    const wasm = new Uint8Array(await (await fetch('/dist/quickjs.wasm')).arrayBuffer())
    const base64 = btoa(Array.from(wasm, (byte) => String.fromCharCode(byte)).join(''))
    const response = await fetch(`${origin}/register/no-frame`, {
      method: 'POST',
      // The server forbids framing the file; its text can still be fetched.
      body: JSON.stringify({ files: { ...files, 'quickjs.wasm': { base64 } }, headers: { 'X-Frame-Options': 'DENY' } }),
    })
    const { url } = (await response.json()) as { readonly url: string }

    expect(await codeOf(createGlovebox({ trust: { kind: 'development' }, store: 'memory', assets: url, startTimeoutMs: 800 }))).toBe('frame-missing')
    const box = await openBox({ assets: url, frame: 'auto', startTimeoutMs: 3_000 })
    expect(box.report().isolation.kind).toBe('srcdoc-frame')
    expect(await (await box.install(pkg(CODE))).call('version')).toBe(1)
  })

  test.each<[string, object, RegExp]>([
    ['no trust', {}, /trust/],
    ['an unknown option', { trust: { kind: 'development' }, truts: 1 }, /truts/],
    ['a limit out of range', { trust: { kind: 'development' }, limits: { memoryMib: 1 } }, /memoryMib.*16 to 2048/],
    ['an unknown limit', { trust: { kind: 'development' }, limits: { memory: 64 } }, /memory/],
    ['a name that is no name', { trust: { kind: 'development' }, name: 'a/b' }, /name/],
  ])('refuses %s, saying what to write', async (_, options, message) => {
    await expect(createGlovebox(options as never)).rejects.toThrow(message)
  })
})

/** Flips bytes in every stored package body. */
async function damage(name: string): Promise<void> {
  const db = await new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(`glovebox:${name}`)
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
  await new Promise<void>((resolve, reject) => {
    const transaction = db.transaction('bodies', 'readwrite')
    transaction.oncomplete = () => resolve()
    transaction.onerror = () => reject(transaction.error)
    const request = transaction.objectStore('bodies').openCursor()
    request.onsuccess = () => {
      const cursor = request.result
      if (!cursor) return
      flip(cursor.value)
      cursor.update(cursor.value)
      cursor.continue()
    }
  })
  db.close()
}

function flip(value: unknown): void {
  if (value instanceof ArrayBuffer) {
    const bytes = new Uint8Array(value)
    if (bytes.length > 0) bytes[0] = (bytes[0] ?? 0) ^ 1
  } else if (typeof value === 'object' && value !== null) {
    for (const child of Object.values(value)) flip(child)
  }
}

describe('an install whose record is in the store has happened', () => {
  /** Calls `then` when it is. Gives what undoes the watching. */
  function watchRecord(then: () => void): () => void {
    const { prototype } = IDBDatabase
    const native = Object.getOwnPropertyDescriptor(prototype, 'transaction')
    const open: unknown = native?.value
    if (native === undefined || typeof open !== 'function') throw new Error('IDBDatabase has no transaction().')
    Object.defineProperty(prototype, 'transaction', { ...native, value(this: IDBDatabase, names: string[], mode: string, ...rest: unknown[]) {
      const transaction: IDBTransaction = Reflect.apply(open, this, [names, mode, ...rest])
      if (mode === 'readwrite' && [...names].join() === 'installed,generations,grants') transaction.addEventListener('complete', then)
      return transaction
    } })
    return () => void Object.defineProperty(prototype, 'transaction', native)
  }

  test('also when the box is disposed in that moment: the next one has it', async () => {
    const name = uniqueName()
    const box = await openBox({ name, store: 'indexeddb' })
    const undo = watchRecord(() => box.dispose())
    const extension = await box.install(pkg(CODE)).finally(undo)

    expect(await codeOf(extension.call('version'))).toBe('disposed')
    expect(box.list()).toEqual([])
    expect((await openBox({ name, store: 'indexeddb' })).list().map(({ id }) => id)).toEqual([extension.id])
  })

  test('also when the store cannot be read just then', async () => {
    const box = await openBox({ store: 'indexeddb' })
    const { prototype } = IDBDatabase
    const native = Object.getOwnPropertyDescriptor(prototype, 'transaction')
    const undo = watchRecord(() => {
      const open: unknown = Object.getOwnPropertyDescriptor(prototype, 'transaction')?.value
      Object.defineProperty(prototype, 'transaction', { ...native, value(this: IDBDatabase, names: string[], ...rest: unknown[]) {
        if ([...names].join() === 'grants,generations') throw new DOMException('It fails.', 'UnknownError')
        return typeof open === 'function' ? Reflect.apply(open, this, [names, ...rest]) as unknown : undefined
      } })
    })
    const extension = await box.install(pkg(CODE)).finally(undo)

    expect(await extension.call('version')).toBe(1)
    expect(box.list()).toEqual([extension])
  })
})
