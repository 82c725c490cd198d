/** The table of open descriptors: numbers that the guest holds, and what they stand for. */
import type { Device } from '../fs/device.ts'
import type { OpenDirectory, OpenFile } from '../fs/handle.ts'
import { WasiError } from './errno.ts'
import { verifyRights } from './rights.ts'

export interface FileDescriptor extends DescriptorBase {
  readonly open: OpenFile
  /** Where the next read or write goes. */
  position: number
}

export interface DirectoryDescriptor extends DescriptorBase {
  readonly open: OpenDirectory
  /** The name under which it was given to the guest at its start. */
  readonly preopen: string | undefined
}

export interface DeviceDescriptor extends DescriptorBase {
  readonly open: Device
}

interface DescriptorBase {
  rights: bigint
  /** Rights that what is opened through it can have. */
  inheriting: bigint
  /** As `fd_fdstat_set_flags` left them. */
  flags: number
}

export type Descriptor = FileDescriptor | DirectoryDescriptor | DeviceDescriptor

/** Open at once. */
const MAX_DESCRIPTORS = 1024

export class DescriptorTable {
  readonly #descriptors: (Descriptor | undefined)[] = []

  /** The lowest free number, as POSIX has it. Takes ownership of what is open. @throws {WasiError} mfile */
  add(descriptor: Descriptor): number {
    const free = this.#descriptors.indexOf(undefined)
    const fd = free === -1 ? this.#descriptors.length : free
    if (fd >= MAX_DESCRIPTORS) {
      close(descriptor)
      throw new WasiError('mfile')
    }
    this.#descriptors[fd] = descriptor
    return fd
  }

  /** @throws {WasiError} badf, notcapable */
  get(fd: number, rights = 0n): Descriptor {
    const descriptor = this.#descriptors[fd]
    if (descriptor === undefined) throw new WasiError('badf')
    verifyRights(descriptor.rights, rights)
    return descriptor
  }

  /** What has bytes to read or write. @throws {WasiError} badf, isdir for a directory, notcapable */
  stream(fd: number, rights: bigint): FileDescriptor | DeviceDescriptor {
    const descriptor = this.get(fd)
    if (isDirectory(descriptor)) throw new WasiError('isdir')
    verifyRights(descriptor.rights, rights)
    return descriptor
  }

  /** @throws {WasiError} badf, isdir for a directory, `orElse` for a device, notcapable */
  file(fd: number, rights: bigint, orElse: 'spipe' | 'inval' = 'inval'): FileDescriptor {
    const descriptor = this.stream(fd, 0n)
    if (isDevice(descriptor)) throw new WasiError(orElse)
    verifyRights(descriptor.rights, rights)
    return descriptor
  }

  /** @throws {WasiError} badf, notdir, notcapable */
  directory(fd: number, rights: bigint): DirectoryDescriptor {
    const descriptor = this.get(fd)
    if (!isDirectory(descriptor)) throw new WasiError('notdir')
    verifyRights(descriptor.rights, rights)
    return descriptor
  }

  /** @throws {WasiError} badf */
  close(fd: number): void {
    close(this.get(fd))
    this.#descriptors[fd] = undefined
  }

  /** `from` becomes `to`, which must be open and is closed. @throws {WasiError} badf */
  renumber(from: number, to: number): void {
    const [moved, replaced] = [this.get(from), this.get(to)]
    if (from === to) return
    close(replaced)
    this.#descriptors[to] = moved
    this.#descriptors[from] = undefined
  }

  closeAll(): void {
    for (const descriptor of this.#descriptors.splice(0)) if (descriptor !== undefined) close(descriptor)
  }
}

export function isFile(descriptor: Descriptor): descriptor is FileDescriptor {
  return descriptor.open.kind === 'file'
}

export function isDirectory(descriptor: Descriptor): descriptor is DirectoryDescriptor {
  return descriptor.open.kind === 'directory'
}

export function isDevice(descriptor: Descriptor): descriptor is DeviceDescriptor {
  return descriptor.open.kind === 'device'
}

function close({ open }: Descriptor): void {
  if (open.kind !== 'device') open.close()
}
