/**
 * `extension.run`: a WASI command from its arguments to its exit code. Every run has an instance, a memory and, unless one is kept, a file
 * system of its own.
 */
import { GuestError, LimitError } from '../../errors.ts'
import { joinBytes } from '../../util/bytes.ts'
import { sourceDevice, type Device } from '../fs/device.ts'
import { FsError } from '../fs/error.ts'
import { FileSystem } from '../fs/file-system.ts'
import type { OpenDirectory } from '../fs/handle.ts'
import type { FsLimits } from '../fs/usage.ts'
import type { GuestSink, GuestSource, Outward } from '../outward.ts'
import { ENGINE_CLOCK } from '../wasi-p1/clock.ts'
import { exitCodeOf, Preview1, type Preview1Options } from '../wasi-p1/preview1.ts'
import { changedFiles, layFiles, makeDirectories, type CommandFile } from './command-files.ts'
import { collectOutput, streamOutput, type CommandOutput } from './command-output.ts'

type Bytes = Uint8Array<ArrayBuffer>

export interface CommandProgram {
  readonly module: WebAssembly.Module
  /** The program's own name, its first argument. */
  readonly name: string
  readonly outward: Pick<Outward, 'waits' | 'sleep'>
  /** Fills at most 64 KiB, as `crypto.getRandomValues` does. */
  readonly random: (bytes: Bytes) => void
  readonly limits: CommandLimits
  /** Directories beside those of the run, of file systems that outlive it. The run owns the handles. */
  readonly preopens?: Preview1Options['preopens']
  /** Stores what changed in those. */
  readonly sync?: () => Promise<void> | void
  /** What the module imports beside preview 1. */
  readonly imports?: WebAssembly.Imports
}

export interface CommandLimits {
  /** Bytes of stdout, and of stderr, that may lie in memory. */
  readonly outputBytes: number
  readonly files: Partial<FsLimits>
}

export interface CommandInput {
  /** Without the program's own name. */
  readonly args: readonly string[]
  readonly env: readonly (readonly [name: string, value: string])[]
  /** A stream is read to its end before the start where the guest cannot wait. */
  readonly stdin?: Bytes | GuestSource | undefined
  /** Where it is to be streamed; else it is collected. */
  readonly stdout?: GuestSink | undefined
  readonly stderr?: GuestSink | undefined
  /** By path below the root; a path that ends in `/` is an empty directory. */
  readonly files: readonly CommandFile[]
  /** Directories that the guest is given, each under its own name. Default: the root, as `/`. */
  readonly dirs?: readonly string[] | undefined
}

export interface CommandResult {
  readonly exitCode: number
  /** Empty where it was streamed. */
  readonly stdout: Bytes
  readonly stderr: Bytes
  /** New files and changed ones. */
  readonly files: readonly CommandFile[]
}

/**
 * Ends when the program has ended. What traps, or a limit, rejects as it comes.
 *
 * @throws {FsError} what a path of `files` may not be
 * @throws {LimitError} message-too-large: more files than the file system holds, more output than may lie in memory
 * @throws {GuestError} export-missing: the module is no command
 */
export async function runCommand(program: CommandProgram, input: CommandInput): Promise<CommandResult> {
  const { outward, random, limits } = program
  const stdin = await openStdin(input.stdin, outward.waits)
  const fs = new FileSystem({ now: ENGINE_CLOCK.wall, limits: limits.files })
  const root = fs.openRoot('read-write')
  lay(fs, root, input.files)
  const dirs = (input.dirs ?? ['/']).map((name) => ({ name, directory: openPreopen(fs, root, name) }))
  fs.takeChanges()
  const [stdout, stderr] = [openOutput(input.stdout, program), openOutput(input.stderr, program)]
  const wasi = new Preview1({
    args: [program.name, ...input.args], env: input.env, stdin, stdout: stdout.device, stderr: stderr.device, fs,
    preopens: [...dirs, ...(program.preopens ?? [])], clock: ENGINE_CLOCK, random, outward, sync: program.sync ?? (() => {}),
  })
  try {
    const exitCode = await start(program, wasi)
    return { exitCode, stdout: await stdout.end(), stderr: await stderr.end(), files: changedFiles(fs, root) }
  } catch (error) {
    stdout.fail()
    stderr.fail()
    throw error
  } finally {
    wasi.dispose()
  }
}

function lay(fs: FileSystem, root: OpenDirectory, files: readonly CommandFile[]): void {
  try {
    layFiles(fs, root, files)
  } catch (error) {
    if (!(error instanceof FsError && error.code === 'quota')) throw error
    throw new LimitError('message-too-large', `The files of a run are at most ${fs.limits.entries}, of ${fs.limits.bytes} bytes together.`)
  }
}

async function start({ module, imports }: CommandProgram, wasi: Preview1): Promise<number> {
  const instance = await WebAssembly.instantiate(module, { ...imports, wasi_snapshot_preview1: wasi.imports })
  const entry = wasi.entry(instance, '_start')
  if (!wasi.bind(instance) || entry === undefined) throw new GuestError('export-missing', 'There is no _start or no memory among the exports: no command.')
  try {
    await entry()
    return 0
  } catch (error) {
    const exitCode = exitCodeOf(error)
    if (exitCode === undefined) throw error
    return exitCode
  }
}

async function openStdin(stdin: CommandInput['stdin'], waits: Outward['waits']): Promise<Device> {
  if (stdin === undefined || stdin instanceof Uint8Array) return sourceDevice(sourceOf(stdin))
  return sourceDevice(waits === 'never' ? sourceOf(await readAll(stdin)) : stdin)
}

function sourceOf(bytes: Bytes | undefined): GuestSource {
  let left = bytes
  return {
    read: () => {
      const chunk = left
      left = undefined
      return chunk
    },
    cancel: () => {},
  }
}

async function readAll(source: GuestSource): Promise<Bytes> {
  const chunks: Bytes[] = []
  for (let chunk = await source.read(); chunk !== undefined; chunk = await source.read()) chunks.push(chunk)
  return joinBytes(chunks)
}

function openOutput(sink: GuestSink | undefined, { outward, limits }: CommandProgram): CommandOutput {
  return sink === undefined ? collectOutput(limits.outputBytes) : streamOutput(sink, outward.waits, limits.outputBytes)
}

function openPreopen(fs: FileSystem, root: OpenDirectory, name: string): OpenDirectory {
  const path = name.replace(/^\/+/, '')
  if (path === '') return fs.openRoot('read-write')
  makeDirectories(fs, root, path)
  const directory = fs.open(root, path, { wantsDirectory: true })
  if (directory.kind !== 'directory') throw new TypeError(`${JSON.stringify(name)} is no directory.`)
  return directory
}
