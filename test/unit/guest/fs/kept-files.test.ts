import { describe, expect, it } from 'vitest'
import { CapabilityFailure } from '../../../../src/guest/outward.ts'
import { KeptFiles } from '../../../../src/guest/fs/kept-files.ts'
import type { AskHost } from '../../../../src/guest/fs/kept.ts'

/** A host with one directory, as the capability answers; `before` runs ahead of each answer. */
function createHost() {
  const before = async (_method: string): Promise<void> => undefined
  const state = { revision: 0, nodes: new Map<number, unknown>(), asked: [] as string[], sent: 0, before }
  const ask: AskHost = async (method, args) => {
    state.asked.push(method)
    await state.before(method)
    const [path, revision, puts, deletes] = args as [string, number, [number, unknown][], number[]] // as the capability takes them
    if (path !== '/data') throw new CapabilityFailure('permission-denied', 'no')
    if (method === 'file.load') {
      const nodes = args[2] === state.revision ? [] : [...state.nodes.values()]
      state.sent += nodes.length
      return structuredClone({ revision: state.revision, nodes, next: null })
    }
    if (revision !== state.revision) throw new CapabilityFailure('version-conflict', 'no')
    for (const [id, record] of structuredClone(puts)) state.nodes.set(id, record)
    for (const id of deletes) state.nodes.delete(id)
    return ++state.revision
  }
  return { state, open: (): KeptFiles => {
    const files = new KeptFiles(ask)
    files.setDirectories(['/data'])
    return files
  } }
}

const encode = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)
const text = async (files: KeptFiles, path: string): Promise<string> => new TextDecoder().decode(await files.read(path))
const codeOf = (promise: Promise<unknown>): Promise<unknown> => promise.then(() => 'done', (error: { readonly code?: unknown }) => error.code)

describe('files of kept directories', () => {
  it('are loaded once, and again only when another instance wrote', async () => {
    const { state, open } = createHost()
    const [one, other] = [open(), open()]
    await one.write('/data/a', encode('x'))
    for (let count = 0; count < 3; count++) await one.read('/data/a')
    expect(state.sent).toBe(0)

    await other.write('/data/b', encode('of the other'))
    expect(await text(one, '/data/b')).toBe('of the other')
    expect((await one.list('/data')).map(({ name }) => name)).toEqual(['a', 'b'])
  })

  it('are written again on top of what another instance wrote in between, and nothing is lost', async () => {
    const { state, open } = createHost()
    const [one, other] = [open(), open()]
    let isFirst = true
    state.before = async (method) => {
      if (method !== 'file.commit' || !isFirst) return
      isFirst = false
      await other.write('/data/b', encode('b'))
    }
    await one.write('/data/a', encode('a'))

    expect([await text(one, '/data/a'), await text(one, '/data/b'), await text(other, '/data/a')]).toEqual(['a', 'b', 'a'])
  })

  it('give up where others are always faster', async () => {
    const { state, open } = createHost()
    const files = open()
    state.before = async (method) => {
      if (method === 'file.commit') state.revision++
    }

    expect(await codeOf(files.write('/data/a', encode('a')))).toBe('version-conflict')
    expect(state.asked.length).toBeLessThan(40)
  })

  it('are as they are stored after a change that was not', async () => {
    const { state, open } = createHost()
    const files = open()
    await files.write('/data/a', encode('old'))
    state.before = async (method) => {
      if (method === 'file.commit') throw new CapabilityFailure('quota-exceeded', 'no')
    }
    expect([await codeOf(files.write('/data/a', encode('new'))), await codeOf(files.remove('/data/a'))]).toEqual(['quota-exceeded', 'quota-exceeded'])
    state.before = async () => undefined

    expect(await text(files, '/data/a')).toBe('old')
    await files.write('/data/b', encode('b'))
    expect((await open().list('/data')).map(({ name, size }) => [name, size])).toEqual([['a', 3], ['b', 1]])
  })

  it('that wait to be written are held to so many bytes together, of which one may be all', async () => {
    const { open } = createHost()
    const files = open()
    const large = files.write('/data/a', new Uint8Array(49 * 2 ** 20))

    expect(await codeOf(files.write('/data/b', new Uint8Array(1)))).toBe('queue-full')
    await large
    expect(await codeOf(files.write('/data/b', new Uint8Array(1)))).toBe('done')
  })

  it('of what the manifest does not name are asked for all the same: the host says no, and writes it down', async () => {
    const { state, open } = createHost()

    expect([await codeOf(open().read('/etc/passwd')), await codeOf(open().list('/'))]).toEqual(['permission-denied', 'permission-denied'])
    expect(state.asked).toEqual(['file.load', 'file.load'])
  })
})
