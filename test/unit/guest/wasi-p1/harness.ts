/** Preview 1 over one page of memory, called as a guest would. */
import { FileSystem } from '../../../../src/guest/fs/file-system.ts'
import { Preview1, type Preview1Options } from '../../../../src/guest/wasi-p1/preview1.ts'
import { ticking } from '../fs/harness.ts'

export const FAR = 2 ** 32 - 1
export const ROOT_FD = 3
export const ALL = 2n ** 64n - 1n

export class Guest {
  readonly memory = new WebAssembly.Memory({ initial: 1, maximum: 4 })
  readonly fs: FileSystem
  readonly wasi: Preview1

  constructor(options: Partial<Preview1Options> = {}) {
    this.fs = options.fs ?? new FileSystem({ now: ticking(), limits: { bytes: 100_000, entries: 200 } })
    let now = 0n
    this.wasi = new Preview1({
      args: ['program', 'x'], env: [['__proto__', 'y']], fs: this.fs, preopens: [{ name: '/', directory: this.fs.openRoot('read-write') }],
      clock: { wall: () => 5n, monotonic: () => (now += 1n), resolution: 1n }, random: (bytes) => void bytes.fill(7),
      outward: { waits: 'never', sleep: () => {} }, ...options,
    })
    this.wasi.bind({ exports: { memory: this.memory } })
  }

  call(name: string, ...values: readonly unknown[]): unknown {
    const found = this.wasi.functions.get(name)
    if (found === undefined) throw new Error(`no import ${name}`)
    return found.run(...values)
  }

  get view(): DataView {
    return new DataView(this.memory.buffer)
  }

  put(at: number, text: string): readonly [at: number, length: number] {
    const bytes = new TextEncoder().encode(text)
    new Uint8Array(this.memory.buffer).set(bytes, at)
    return [at, bytes.length]
  }

  text(at: number, length: number): string {
    return new TextDecoder().decode(new Uint8Array(this.memory.buffer, at, length))
  }

  /** One pointer and length at 0. */
  vector(start: number, length: number): readonly [at: number, count: number] {
    this.view.setUint32(0, start, true)
    this.view.setUint32(4, length, true)
    return [0, 1]
  }

  /** @returns the descriptor, or the error number below 0 */
  open(path: string, { oflags = 0, rights = ALL, flags = 0 }: { oflags?: number, rights?: bigint, flags?: number } = {}): number {
    const errno = this.call('path_open', ROOT_FD, 1, ...this.put(1000, path), oflags, rights, rights, flags, 900)
    return errno === 0 ? this.view.getUint32(900, true) : -Number(errno)
  }

  write(fd: number, text: string): unknown {
    return this.call('fd_write', fd, ...this.vector(...this.put(2000, text)), 16)
  }

  read(fd: number, length: number): string {
    const errno = this.call('fd_read', fd, ...this.vector(3000, length), 16)
    if (errno !== 0) throw new Error(`errno ${String(errno)}`)
    return this.text(3000, this.view.getUint32(16, true))
  }
}
