import { describe, expect, it } from 'vitest'
import { sourceDevice, type Device } from '../../../../src/guest/fs/device.ts'
import { FileSystem } from '../../../../src/guest/fs/file-system.ts'
import { CapabilityFailure } from '../../../../src/guest/outward.ts'
import { exitCodeOf } from '../../../../src/guest/wasi-p1/preview1.ts'
import { ERRNO } from '../../../../src/guest/wasi-p1/errno.ts'
import { RIGHT } from '../../../../src/guest/wasi-p1/rights.ts'
import { ticking } from '../fs/harness.ts'
import { ALL, FAR, Guest, ROOT_FD } from './harness.ts'

const CREATE = 1

describe('hostile pointers', () => {
  it('end in an error number, whatever the function and the values', () => {
    const guest = new Guest()
    const hostile = [0, 1, 3, 4, 7, 100, 65_500, 65_535, 65_536, 2 ** 31, FAR, -1, 0.5, NaN, 0n, 1n, -1n, 2n ** 63n, ALL,
      undefined, null, 'x', {}]
    let state = 12_345
    const pick = (): unknown => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
      return hostile[(state >>> 8) % hostile.length]
    }
    for (let round = 0; round < 1500; round++) {
      for (const name of guest.wasi.functions.keys()) {
        try {
          const values = Array.from({ length: 9 }, pick)
          const errno = guest.call(name, ...values)
          expect([name, values, typeof errno === 'number' && errno >= 0 && errno <= 76]).toEqual([name, values, true])
        } catch (error) {
          if (name !== 'proc_exit' || exitCodeOf(error) === undefined) throw error
        }
      }
    }
  })

  it.each<readonly [string, readonly unknown[]]>([
    ['args_get', [0, 65_535]], ['args_sizes_get', [0, 65_533]], ['environ_get', [65_535, 0]],
    ['clock_time_get', [0, 0n, 65_529]], ['clock_res_get', [1, FAR]],
    ['random_get', [1, 65_536]], ['random_get', [FAR, FAR]], ['fd_prestat_get', [ROOT_FD, 65_530]], ['fd_prestat_dir_name', [ROOT_FD, 65_530, 100]],
    ['fd_fdstat_get', [ROOT_FD, 65_520]], ['fd_filestat_get', [ROOT_FD, FAR]], ['fd_readdir', [ROOT_FD, 65_000, 1000, 0n, 0]],
    ['fd_write', [1, 65_532, 1, 0]], ['fd_write', [1, 0, 1024, 65_533]], ['path_open', [ROOT_FD, 0, FAR, 10, 0, 0n, 0n, 0, 0]],
    ['path_open', [ROOT_FD, 0, 0, FAR, 0, 0n, 0n, 0, 0]], ['path_filestat_get', [ROOT_FD, 0, FAR, 1, 0]], ['poll_oneoff', [65_000, 0, 100, 0]],
    ['path_readlink', [ROOT_FD, 0, 1, FAR, 2, 0]],
  ])('%s %# past the end', (name, values) => {
    expect(new Guest().call(name, ...values)).toBe(ERRNO.fault)
  })

  it('a result that has no place leaves everything as it was', () => {
    const guest = new Guest()
    guest.put(1000, 'f')

    expect(guest.call('path_open', ROOT_FD, 0, 1000, 1, CREATE, ALL, ALL, 0, FAR)).toBe(ERRNO.fault)
    expect(guest.open('f')).toBe(-ERRNO.noent)
    const fd = guest.open('f', { oflags: CREATE })
    expect(guest.call('fd_write', fd, ...guest.vector(...guest.put(2000, 'x')), FAR)).toBe(ERRNO.fault)
    expect(guest.fs.usedBytes).toBe(0)
  })

  it('text that is no UTF-8, and names with NUL', () => {
    const guest = new Guest()
    new Uint8Array(guest.memory.buffer).set([0xc0, 0x80, 0xed, 0xa0, 0x80], 1000)

    expect(guest.call('path_create_directory', ROOT_FD, 1000, 2)).toBe(ERRNO.ilseq)
    expect(guest.call('path_create_directory', ROOT_FD, 1002, 3)).toBe(ERRNO.ilseq)
    expect(guest.open('a\0')).toBe(-ERRNO.inval)
    expect(guest.open('x'.repeat(5000))).toBe(-ERRNO.nametoolong)
  })

  it('a thousand times the same buffer is one megabyte of output at most', () => {
    const written: number[] = []
    const guest = new Guest({ stdout: { kind: 'device', write: (bytes) => void written.push(bytes.length) } })
    for (let index = 0; index < 1024; index++) {
      guest.view.setUint32(index * 8, 8192, true)
      guest.view.setUint32(index * 8 + 4, 57_000, true)
    }

    expect(guest.call('fd_write', 1, 0, 1024, 65_532)).toBe(0)
    expect([written, guest.view.getUint32(65_532, true)]).toEqual([[2 ** 20], 2 ** 20])
    expect(guest.call('fd_write', 1, 0, 1025, 65_532)).toBe(ERRNO.inval)
  })
})

describe('memory that grows', () => {
  it('is seen at its new place after a wait', async () => {
    let give: (bytes: Uint8Array<ArrayBuffer>) => void = () => {}
    const arriving = new Promise<Uint8Array<ArrayBuffer>>((resolve) => { give = resolve })
    const guest = new Guest({ stdin: sourceDevice({ read: () => arriving, cancel: () => {} }) })
    const reading = guest.call('fd_read', 0, ...guest.vector(3000, 10), 16)
    guest.memory.grow(1)
    give(new TextEncoder().encode('late'))

    expect(await reading).toBe(0)
    expect(guest.text(3000, guest.view.getUint32(16, true))).toBe('late')
  })
})

describe('descriptors', () => {
  it('do what their rights say, and never get one back', () => {
    const guest = new Guest()
    const fd = guest.open('f', { oflags: CREATE, rights: RIGHT.fdRead | RIGHT.fdWrite | RIGHT.fdSeek })
    expect(guest.write(fd, 'x')).toBe(0)
    expect(guest.call('fd_sync', fd)).toBe(ERRNO.notcapable)
    expect(guest.call('fd_fdstat_set_rights', fd, RIGHT.fdRead, 0n)).toBe(0)

    expect(guest.write(fd, 'x')).toBe(ERRNO.notcapable)
    expect(guest.call('fd_fdstat_set_rights', fd, RIGHT.fdRead | RIGHT.fdWrite, 0n)).toBe(ERRNO.notcapable)
    expect(guest.call('fd_fdstat_set_rights', ROOT_FD, RIGHT.pathOpen, 0n)).toBe(0)
    const powerless = guest.open('f')
    expect(guest.call('fd_read', powerless, ...guest.vector(3000, 1), 16)).toBe(ERRNO.notcapable)
    expect(guest.open('g', { oflags: CREATE })).toBe(-ERRNO.notcapable)
  })

  it('of a directory have what its parent has, whatever was asked for', () => {
    const guest = new Guest()
    guest.call('path_create_directory', ROOT_FD, ...guest.put(1000, 'd'))
    const directory = guest.open('d', { rights: RIGHT.fdReaddir })
    const [before, after] = [ROOT_FD, directory].map((fd) => {
      guest.call('fd_fdstat_get', fd, 2000)
      return [guest.view.getBigUint64(2008, true), guest.view.getBigUint64(2016, true)]
    })

    expect(after).toEqual(before)
  })

  it('are the lowest free ones, and come to an end', () => {
    const guest = new Guest()
    expect([guest.open('f', { oflags: CREATE }), guest.open('f')]).toEqual([4, 5])
    guest.call('fd_close', 4)
    expect(guest.open('f')).toBe(4)
    for (let fd = 6; fd < 1024; fd++) guest.open('f')
    expect(guest.open('f')).toBe(-ERRNO.mfile)
    expect(guest.call('fd_close', 5)).toBe(0)
    expect(guest.call('fd_close', 5)).toBe(ERRNO.badf)
    expect(guest.open('f')).toBe(5)
  })

  it('of a deleted file still read it; its bytes are free after the last is closed', () => {
    const guest = new Guest()
    const fd = guest.open('f', { oflags: CREATE })
    guest.write(fd, 'hello')
    guest.call('path_unlink_file', ROOT_FD, ...guest.put(1000, 'f'))
    guest.call('fd_seek', fd, 0n, 0, 16)

    expect(guest.read(fd, 10)).toBe('hello')
    expect(guest.fs.usedBytes).toBe(5)
    guest.wasi.dispose()
    expect(guest.fs.usedBytes).toBe(0)
  })

  it('that append do so wherever they were moved', () => {
    const guest = new Guest()
    const fd = guest.open('f', { oflags: CREATE, flags: 1 })
    guest.write(fd, 'ab')
    guest.call('fd_seek', fd, 0n, 0, 16)
    guest.write(fd, 'c')
    guest.call('fd_fdstat_set_flags', fd, 0)
    guest.call('fd_seek', fd, 0n, 0, 16)
    guest.write(fd, 'x')
    guest.call('fd_seek', fd, 0n, 0, 16)

    expect(guest.read(fd, 10)).toBe('xbc')
  })

  it('far positions cost nothing until they are written, and then the quota', () => {
    const guest = new Guest()
    const fd = guest.open('f', { oflags: CREATE })

    expect(guest.call('fd_pwrite', fd, ...guest.vector(...guest.put(2000, 'x')), 2n ** 40n, 16)).toBe(ERRNO.dquot)
    expect(guest.call('fd_pwrite', fd, ...guest.vector(...guest.put(2000, 'x')), 2n ** 64n - 1n, 16)).toBe(ERRNO.fbig)
    expect(guest.call('fd_seek', fd, 2n ** 62n, 0, 16)).toBe(ERRNO.overflow)
    expect(guest.call('fd_seek', fd, -1n, 1, 16)).toBe(ERRNO.inval)
    expect(guest.call('fd_allocate', fd, 0n, 2n ** 50n)).toBe(ERRNO.dquot)
    expect(guest.fs.usedBytes).toBe(0)
  })
})

it('a directory is read whole through any buffer, with . and ..', () => {
  const guest = new Guest()
  const names = ['a', 'b'.repeat(100), '__proto__', '\u00e4']
  for (const name of names) guest.open(name, { oflags: CREATE })
  for (const length of [24 + 101, 200, 1000]) {
    const seen: string[] = []
    let cookie = 0n
    for (let hasMore = true; hasMore;) {
      expect(guest.call('fd_readdir', ROOT_FD, 4000, length, cookie, 16)).toBe(0)
      const used = guest.view.getUint32(16, true)
      for (let at = 4000; at + 24 <= 4000 + used;) {
        const nameLength = guest.view.getUint32(at + 16, true)
        if (at + 24 + nameLength > 4000 + used) break
        cookie = guest.view.getBigUint64(at, true)
        seen.push(guest.text(at + 24, nameLength))
        at += 24 + nameLength
      }
      hasMore = used === length
    }
    expect(seen).toEqual(['.', '..', ...names])
  }
})

it('directories of two file systems are two devices, and nothing moves between them', () => {
  const [fs, kept] = [new FileSystem({ now: ticking() }), new FileSystem({ now: ticking() })]
  const preopens = [fs, kept].map((one, index) => ({ name: `/${index}`, directory: one.openRoot('read-write') }))
  const guest = new Guest({ fs, preopens })
  const devices = [ROOT_FD, ROOT_FD + 1].map((fd) => {
    const errno = guest.call('path_filestat_get', fd, 0, ...guest.put(1000, '.'), 2000)
    return [errno, guest.view.getBigUint64(2000, true)]
  })
  guest.open('f', { oflags: CREATE })

  expect(devices).toEqual([[0, 1n], [0, 2n]])
  expect(guest.call('path_rename', ROOT_FD, ...guest.put(1000, 'f'), ROOT_FD + 1, ...guest.put(1100, 'f'))).toBe(ERRNO.xdev)
  expect(guest.call('path_create_directory', ROOT_FD + 1, ...guest.put(1000, 'd'))).toBe(0)
  expect([fs.isChanged, kept.stat(kept.openRoot('read'), 'd', { follows: false }).kind]).toEqual([true, 'directory'])
})

it('random bytes of any length come in pieces that the platform gives', () => {
  const pieces: number[] = []
  const guest = new Guest({ random: (bytes) => void pieces.push(bytes.length) })
  guest.memory.grow(2)

  expect(guest.call('random_get', 0, 150_000)).toBe(0)
  expect(pieces).toEqual([65_536, 65_536, 18_928])
})

const subscribe = (guest: Guest, index: number, type: number, { fd = 0, ns = 0n }: { fd?: number, ns?: bigint }): void => {
  const at = 4000 + index * 48
  new Uint8Array(guest.memory.buffer, at, 48).fill(0)
  guest.view.setBigUint64(at, BigInt(index + 1), true)
  guest.view.setUint8(at + 8, type)
  guest.view.setUint32(at + 16, type === 0 ? 1 : fd, true)
  if (type === 0) guest.view.setBigUint64(at + 24, ns, true)
}
const poll = (guest: Guest, count: number): unknown => guest.call('poll_oneoff', 4000, 6000, count, 16)
const events = (guest: Guest): unknown[] => Array.from({ length: guest.view.getUint32(16, true) }, (_, index) => {
  const at = 6000 + index * 32
  return [Number(guest.view.getBigUint64(at, true)), guest.view.getUint16(at + 8, true), Number(guest.view.getBigUint64(at + 16, true))]
})

describe('poll', () => {
  it('sleeps as long as the next clock says, once', () => {
    const sleeps: number[] = []
    const guest = new Guest({ outward: { waits: 'never', sleep: (ms) => void sleeps.push(ms) } })
    subscribe(guest, 0, 0, { ns: 5_000_000n })
    subscribe(guest, 1, 0, { ns: 2_000_000n })

    expect(poll(guest, 2)).toBe(0)
    expect([sleeps, events(guest)]).toEqual([[2], [[2, 0, 0]]])
    expect(poll(guest, 0)).toBe(ERRNO.inval)
  })

  it('an endless timeout is one the platform can wait for', () => {
    const sleeps: number[] = []
    const guest = new Guest({ outward: { waits: 'never', sleep: (ms) => void sleeps.push(ms) } })
    subscribe(guest, 0, 0, { ns: ALL })
    poll(guest, 1)
    expect(sleeps).toEqual([2 ** 31 - 1])
  })

  it('tells at once what needs no waiting, and which descriptor is none', () => {
    const guest = new Guest()
    const fd = guest.open('f', { oflags: CREATE })
    guest.write(fd, 'hello')
    guest.call('fd_seek', fd, 1n, 0, 16)
    subscribe(guest, 0, 1, { fd })
    subscribe(guest, 1, 2, { fd: 1 })
    subscribe(guest, 2, 1, { fd: 99 })
    subscribe(guest, 3, 0, { ns: 1_000_000n })

    expect(poll(guest, 4)).toBe(0)
    expect(events(guest)).toEqual([[1, 0, 4], [2, 0, 0], [3, ERRNO.badf, 0]])
  })
})

describe('poll of a stream and a clock, where the guest can be suspended', () => {
  /** Stdin at 0, a clock of 5 ms at 1. */
  const pollBoth = async (stdin: Promise<Uint8Array<ArrayBuffer> | undefined>, sleep: Promise<void>): Promise<unknown[]> => {
    const guest = new Guest({ stdin: sourceDevice({ read: () => stdin, cancel: () => {} }), outward: { waits: 'jspi', sleep: () => sleep } })
    subscribe(guest, 0, 1, { fd: 0 })
    subscribe(guest, 1, 0, { ns: 5_000_000n })
    const polling = poll(guest, 2)
    guest.memory.grow(1)
    expect(await polling).toBe(0)
    return events(guest)
  }
  const never = new Promise<never>(() => {})

  it('ends with whichever comes first', async () => {
    expect(await pollBoth(Promise.resolve(new Uint8Array(3)), never)).toEqual([[1, 0, 3]])
    expect(await pollBoth(Promise.resolve(undefined), never)).toEqual([[1, 0, 0]])
    expect(await pollBoth(never, Promise.resolve())).toEqual([[2, 0, 0]])
  })

  it('tells of a stream that fails', async () => {
    expect(await pollBoth(Promise.reject(new CapabilityFailure('internal', 'gone')), never)).toEqual([[1, ERRNO.io, 0]])
  })

  it('loses nothing that comes after the clock', async () => {
    let give: (bytes: Uint8Array<ArrayBuffer>) => void = () => {}
    const late = new Promise<Uint8Array<ArrayBuffer>>((resolve) => { give = resolve })
    const chunks = [late]
    const stdin = sourceDevice({ read: () => chunks.shift(), cancel: () => {} })
    const guest = new Guest({ stdin, outward: { waits: 'jspi', sleep: () => Promise.resolve() } })
    subscribe(guest, 0, 1, { fd: 0 })
    subscribe(guest, 1, 0, { ns: 5_000_000n })
    await poll(guest, 2)
    const first = events(guest)
    const reading = guest.call('fd_read', 0, ...guest.vector(3000, 10), 16)
    give(new TextEncoder().encode('late'))
    await reading

    expect([first, guest.text(3000, 4)]).toEqual([[[2, 0, 0]], 'late'])
  })
})

it('stdin is given as it comes, in pieces of what is asked for', () => {
  const chunks = ['hello', 'x'].map((text) => new TextEncoder().encode(text))
  const guest = new Guest({ stdin: sourceDevice({ read: () => chunks.shift(), cancel: () => {} }) })

  expect([guest.read(0, 3), guest.read(0, 3), guest.read(0, 3), guest.read(0, 3)]).toEqual(['hel', 'lo', 'x', ''])
})

it('what a sink throws that is no error of the guest ends the guest', () => {
  const failure = new Error('limit')
  const broken: Device = {
    kind: 'device',
    write: () => {
      throw failure
    },
  }
  const guest = new Guest({ stdout: broken })
  expect(() => guest.write(1, 'x')).toThrow(failure)
})
