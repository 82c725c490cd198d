import { describe, expect, it } from 'vitest'
import { CapabilityFailure } from '../../../../src/guest/outward.ts'
import { KeptDirectories, type AskHost } from '../../../../src/guest/fs/kept.ts'
import { FileSystem } from '../../../../src/guest/fs/file-system.ts'

/** A host with one extension's directories, as the capability answers. */
function createHost(): { readonly ask: AskHost; failure: string | undefined; loadFailure: string | undefined; readonly asked: string[] } {
  const stored = new Map<string, { revision: number; readonly nodes: Map<number, unknown> }>()
  const host = {
    failure: undefined as string | undefined,
    loadFailure: undefined as string | undefined,
    asked: [] as string[],
    ask: async (method: string, args: readonly unknown[]): Promise<unknown> => {
      host.asked.push(method)
      const [path, revision, puts, deletes] = args as [string, number, [number, unknown][], number[]]
      const directory = stored.get(path) ?? { revision: 0, nodes: new Map() }
      stored.set(path, directory)
      if (method === 'file.load' && host.loadFailure !== undefined) throw new CapabilityFailure(host.loadFailure, 'no')
      if (method === 'file.load') return structuredClone({ next: null, revision: directory.revision, nodes: [...directory.nodes.values()] })
      if (host.failure !== undefined) throw new CapabilityFailure(host.failure, 'no')
      if (revision !== directory.revision) throw new CapabilityFailure('version-conflict', 'no')
      for (const [id, record] of structuredClone(puts)) directory.nodes.set(id, record)
      for (const id of deletes) directory.nodes.delete(id)
      return ++directory.revision
    },
  }
  return host
}

const DATA = [{ path: '/data', isWritable: true }]
const fs = new FileSystem({ now: () => 0n })

function write(kept: KeptDirectories, name: string, text: string): void {
  const [root] = kept.preopens()
  const file = root && fs.open(root.directory, name, { creates: true, writes: true, truncates: true })
  if (file?.kind === 'file') file.write(new TextEncoder().encode(text), 0)
  file?.close()
}

function names(kept: KeptDirectories): readonly string[] {
  return [...(kept.preopens()[0]?.directory.entries(0) ?? [])].map(({ name }) => name)
}

describe('kept directories', () => {
  it('come back in the next worker as they were committed, whatever their names', async () => {
    const host = createHost()
    const first = await KeptDirectories.open(DATA, host.ask)
    write(first, '__proto__', 'a')
    write(first, 'b', 'c')
    await first.commit()

    expect(names(await KeptDirectories.open(DATA, host.ask)).toSorted()).toEqual(['__proto__', 'b'])
  })

  it('ask for nothing when nothing changed', async () => {
    const host = createHost()
    const kept = await KeptDirectories.open(DATA, host.ask)
    write(kept, 'a', 'b')
    await kept.commit()
    host.asked.length = 0

    await kept.commit()

    expect(host.asked).toEqual([])
  })

  it.each(['quota-exceeded', 'permission-revoked', 'store-failed'])('are as they are stored after a commit that failed with %s', async (code) => {
    const host = createHost()
    const kept = await KeptDirectories.open(DATA, host.ask)
    write(kept, 'kept', '1')
    await kept.commit()
    write(kept, 'lost', '2')
    host.failure = code

    await expect(kept.commit()).rejects.toMatchObject({ code })
    await kept.renew()

    expect(names(kept)).toEqual(['kept'])
  })

  it('are never committed from a tree that could not be stored, also when reading them again fails', async () => {
    const host = createHost()
    const kept = await KeptDirectories.open(DATA, host.ask)
    write(kept, 'kept', '1')
    await kept.commit()
    write(kept, 'lost', '2')
    host.failure = 'quota-exceeded'
    await expect(kept.commit()).rejects.toMatchObject({ code: 'quota-exceeded' })
    host.failure = undefined
    host.loadFailure = 'store-failed'

    await expect(kept.renew()).rejects.toMatchObject({ code: 'store-failed' })
    await expect(kept.commit()).rejects.toMatchObject({ code: 'quota-exceeded' })
    host.loadFailure = undefined
    await kept.renew()
    expect(names(kept)).toEqual(['kept'])
    expect(names(await KeptDirectories.open(DATA, host.ask))).toEqual(['kept'])
  })

  it('after a call that died are what is stored', async () => {
    const host = createHost()
    const kept = await KeptDirectories.open(DATA, host.ask)
    write(kept, 'lost', '1')

    kept.revert()

    await expect(kept.commit()).rejects.toMatchObject({ code: 'internal' })
    await kept.renew()
    expect(names(kept)).toEqual([])
  })

  it('of two workers never mix: the later one hears of the other', async () => {
    const host = createHost()
    const [one, two] = [await KeptDirectories.open(DATA, host.ask), await KeptDirectories.open(DATA, host.ask)]
    write(one, 'a', '1')
    write(two, 'b', '2')
    await one.commit()

    await expect(two.commit()).rejects.toMatchObject({ code: 'version-conflict' })
    await two.renew()
    expect(names(two)).toEqual(['a'])
  })

  it('that are denied are not there; that are read-only cannot be written', async () => {
    const host = createHost()
    const denied: AskHost = async () => { throw new CapabilityFailure('permission-denied', 'no') }

    expect((await KeptDirectories.open(DATA, denied)).preopens()).toEqual([])
    const readOnly = await KeptDirectories.open([{ path: '/data', isWritable: false }], host.ask)
    expect(() => write(readOnly, 'a', 'b')).toThrow(expect.objectContaining({ code: 'read-only' }))
  })
})
