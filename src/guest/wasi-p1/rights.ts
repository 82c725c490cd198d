/** Rights of descriptors. https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#rights */
import { WasiError } from './errno.ts'

const bit = (index: number): bigint => 1n << BigInt(index)

export const RIGHT = {
  fdDatasync: bit(0), fdRead: bit(1), fdSeek: bit(2), fdFdstatSetFlags: bit(3), fdSync: bit(4), fdTell: bit(5), fdWrite: bit(6), fdAdvise: bit(7),
  fdAllocate: bit(8), pathCreateDirectory: bit(9), pathCreateFile: bit(10), pathLinkSource: bit(11), pathLinkTarget: bit(12), pathOpen: bit(13),
  fdReaddir: bit(14), pathReadlink: bit(15), pathRenameSource: bit(16), pathRenameTarget: bit(17), pathFilestatGet: bit(18),
  pathFilestatSetSize: bit(19), pathFilestatSetTimes: bit(20), fdFilestatGet: bit(21), fdFilestatSetSize: bit(22), fdFilestatSetTimes: bit(23),
  pathSymlink: bit(24), pathRemoveDirectory: bit(25), pathUnlinkFile: bit(26), pollFdReadwrite: bit(27),
} as const

export const ALL_RIGHTS: bigint = bit(28) - 1n

/** What makes sense for what was opened: other rights are dropped without a word, as the specification allows. */
export const DIRECTORY_RIGHTS: bigint = RIGHT.fdDatasync | RIGHT.fdFdstatSetFlags | RIGHT.fdSync | RIGHT.pathCreateDirectory | RIGHT.pathCreateFile |
  RIGHT.pathLinkSource | RIGHT.pathLinkTarget | RIGHT.pathOpen | RIGHT.fdReaddir | RIGHT.pathReadlink | RIGHT.pathRenameSource |
  RIGHT.pathRenameTarget | RIGHT.pathFilestatGet | RIGHT.pathFilestatSetSize | RIGHT.pathFilestatSetTimes | RIGHT.fdFilestatGet |
  RIGHT.fdFilestatSetTimes | RIGHT.pathSymlink | RIGHT.pathRemoveDirectory | RIGHT.pathUnlinkFile | RIGHT.pollFdReadwrite

export const FILE_RIGHTS: bigint = RIGHT.fdDatasync | RIGHT.fdRead | RIGHT.fdSeek | RIGHT.fdFdstatSetFlags | RIGHT.fdSync | RIGHT.fdTell |
  RIGHT.fdWrite | RIGHT.fdAdvise | RIGHT.fdAllocate | RIGHT.fdFilestatGet | RIGHT.fdFilestatSetSize | RIGHT.fdFilestatSetTimes | RIGHT.pollFdReadwrite

/** With the rights of a position, which they have not: a C library takes a character device without them for a terminal. */
export const DEVICE_RIGHTS: bigint = RIGHT.fdSeek | RIGHT.fdTell | RIGHT.fdFdstatSetFlags | RIGHT.fdFilestatGet | RIGHT.pollFdReadwrite

/** @throws {WasiError} notcapable */
export function verifyRights(held: bigint, wanted: bigint): void {
  if ((held & wanted) !== wanted) throw new WasiError('notcapable')
}
