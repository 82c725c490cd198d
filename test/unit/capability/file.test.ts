import { describe, expect, it } from 'vitest'
import { createFileCapability } from '../../../src/capability/file.ts'
import { createStore, type Store } from '../../../src/cache/store.ts'
import { createMemoryDatabase } from '../../../src/cache/memory.ts'
import type { Permission } from '../../../src/manifest/permission.ts'
import { record } from '../../conformance/store.ts'
import { call, codeOf, FakeCaller } from './harness.ts'

const DIRECTORY = { id: 1, atime: 0n, mtime: 0n, ctime: 0n, kind: 'directory', entries: [['__proto__', 2, 1]] }
const FILE = { id: 2, atime: 0n, mtime: 5n, ctime: 0n, kind: 'file', bytes: new Uint8Array([1, 2, 3]) }

async function setUp(
  names: readonly ('file:read' | 'file:write')[] = ['file:read', 'file:write'], directories: readonly string[] = ['/data'],
): Promise<{ store: Store; caller: FakeCaller; run: (method: string, ...args: unknown[]) => Promise<unknown> }> {
  const store = createStore(createMemoryDatabase(), { kind: 'memory' })
  const permissions = names.map((name): Permission => ({ name, scope: { directories }, reason: '' }))
  const caller = new FakeCaller(permissions)
  const { id, origin } = caller.identity
  await store.installed.put({ ...record(id), id, origin })
  const capability = createFileCapability((owner) => store.openFiles(owner))
  return { store, caller, run: (method, ...args) => call(capability, caller, method, ...args) }
}

describe('file', () => {
  it('keeps what a file system is made of, kinds and names included', async () => {
    const { run } = await setUp()

    expect(await run('file.commit', '/data', 0, [[1, DIRECTORY], [2, FILE]], [])).toBe(1)

    expect(await run('file.load', '/data')).toEqual({ revision: 1, nodes: [DIRECTORY, { ...FILE, bytes: new Uint8Array([1, 2, 3]) }], next: null })
  })

  it('asks once for a load of several directories, whatever its pages, and again for the next', async () => {
    const { run, caller } = await setUp(['file:read', 'file:write'], ['/data', '/logs'])
    for (const directory of ['/data', '/logs']) await run('file.commit', directory, 0, [[1, DIRECTORY], [2, { ...FILE, bytes: new Uint8Array(9 * 2 ** 20) }]], [])
    caller.asked.length = 0

    expect(await run('file.open', ['/data', '/other', '/logs'])).toEqual(['/data', '/logs'])
    expect(caller.asked).toEqual(['file:read', 'file:read', 'file:read'])
    for (const directory of ['/data', '/logs']) {
      expect(await run('file.load', directory)).toMatchObject({ next: 1 })
      expect(await run('file.load', directory, 1)).toMatchObject({ next: null })
    }
    expect(caller.asked).toHaveLength(3)
    await run('file.load', '/data')
    expect(caller.asked).toHaveLength(4)
  })

  it('ends a load that was allowed when that is taken back', async () => {
    const { run, caller } = await setUp()
    await run('file.open', ['/data'])
    caller.revoke()

    expect(await codeOf(run('file.load', '/data'))).toBe('permission-revoked')
    expect(caller.kept).toEqual([])
  })

  it('gives no nodes to who has those of the revision', async () => {
    const { run } = await setUp()
    await run('file.commit', '/data', 0, [[1, DIRECTORY], [2, FILE]], [])

    expect(await run('file.load', '/data', 0, 1)).toEqual({ revision: 1, nodes: [], next: null })
    expect(await run('file.load', '/data', 0, 0)).toMatchObject({ revision: 1, nodes: [{ id: 1 }, { id: 2 }] })
  })

  it('gives back in pages what is larger than a message', async () => {
    const { run } = await setUp()
    const bytes = 6 * 2 ** 20
    for (const id of [2, 3, 4]) await run('file.commit', '/data', id - 2, [[id, { ...FILE, id, bytes: new Uint8Array(bytes) }]], [])

    const sizes: number[] = []
    for (let after: unknown = 0; after !== null;) {
      const page = await run('file.load', '/data', after) as { readonly nodes: readonly unknown[]; readonly next: unknown }
      sizes.push(page.nodes.length)
      after = page.next
    }
    expect(sizes).toEqual([1, 1, 1])
  })

  it.each([
    ['a node twice', ['file:read', 'file:write'], 'file.commit', ['/data', 0, [[1, DIRECTORY], [1, DIRECTORY]], []], 'invalid-argument'],
    ['a node put and deleted', ['file:read', 'file:write'], 'file.commit', ['/data', 0, [[1, DIRECTORY]], [1]], 'invalid-argument'],
    ['more directories than a manifest names', ['file:read'], 'file.open', [Array.from({ length: 65 }, () => '/data')], 'invalid-argument'],
    ['reading another directory', ['file:read'], 'file.load', ['/other'], 'permission-denied'],
    ['a parent of a granted directory', ['file:read'], 'file.load', ['/'], 'permission-denied'],
    ['writing with reading only', ['file:read'], 'file.commit', ['/data', 0, [[1, DIRECTORY]], []], 'permission-denied'],
    ['an older revision', ['file:read', 'file:write'], 'file.commit', ['/data', 3, [[1, DIRECTORY]], []], 'version-conflict'],
    ['a known revision that is none', ['file:read'], 'file.load', ['/data', 0, -1], 'invalid-argument'],
    ['a node that is no number', ['file:read', 'file:write'], 'file.commit', ['/data', 0, [['1', DIRECTORY]], []], 'invalid-argument'],
    ['changes that are no list', ['file:read', 'file:write'], 'file.commit', ['/data', 0, { length: 1 }, []], 'invalid-argument'],
  ] as const)('refuses %s', async (_, names, method, args, code) => {
    const { run } = await setUp(names)

    expect(await codeOf(run(method, ...args))).toBe(code)
  })
})
