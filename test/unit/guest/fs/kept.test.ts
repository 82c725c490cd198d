import { describe, expect, it } from 'vitest'
import { CapabilityFailure } from '../../../../src/guest/outward.ts'
import { KeptDirectories, type AskHost } from '../../../../src/guest/fs/kept.ts'
import { createFileHost, writeFile } from './file-host.ts'

const DATA = [{ path: '/data', isWritable: true }]

function write(kept: KeptDirectories, name: string, text: string): void {
  const [root] = kept.preopens()
  if (root) writeFile(root.directory, name, text)
}

function names(kept: KeptDirectories): readonly string[] {
  return [...(kept.preopens()[0]?.directory.entries(0) ?? [])].map(({ name }) => name)
}

describe('kept directories', () => {
  it('come back in the next worker as they were committed, whatever their names', async () => {
    const host = createFileHost()
    const first = await KeptDirectories.open(DATA, host.ask)
    write(first, '__proto__', 'a')
    write(first, 'b', 'c')
    await first.commit()

    expect(names(await KeptDirectories.open(DATA, host.ask)).toSorted()).toEqual(['__proto__', 'b'])
  })

  it('ask for nothing when nothing changed', async () => {
    const host = createFileHost()
    const kept = await KeptDirectories.open(DATA, host.ask)
    write(kept, 'a', 'b')
    await kept.commit()
    host.asked.length = 0

    await kept.commit()

    expect(host.asked).toEqual([])
  })

  it.each(['quota-exceeded', 'permission-revoked', 'store-failed'])('are as they are stored after a commit that failed with %s', async (code) => {
    const host = createFileHost()
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
    const host = createFileHost()
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
    const host = createFileHost()
    const kept = await KeptDirectories.open(DATA, host.ask)
    write(kept, 'lost', '1')

    kept.revert()

    await expect(kept.commit()).rejects.toMatchObject({ code: 'internal' })
    await kept.renew()
    expect(names(kept)).toEqual([])
  })

  it('of two workers never mix: the later one hears of the other', async () => {
    const host = createFileHost()
    const [one, two] = [await KeptDirectories.open(DATA, host.ask), await KeptDirectories.open(DATA, host.ask)]
    write(one, 'a', '1')
    write(two, 'b', '2')
    await one.commit()

    await expect(two.commit()).rejects.toMatchObject({ code: 'version-conflict' })
    await two.renew()
    expect(names(two)).toEqual(['a'])
  })

  it('that are denied are not there; that are read-only cannot be written', async () => {
    const host = createFileHost()
    const denied: AskHost = async () => []

    expect((await KeptDirectories.open(DATA, denied)).preopens()).toEqual([])
    const readOnly = await KeptDirectories.open([{ path: '/data', isWritable: false }], host.ask)
    expect(() => write(readOnly, 'a', 'b')).toThrow(expect.objectContaining({ code: 'read-only' }))
  })
})
