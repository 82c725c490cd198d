/** A component that exports wasi:cli/run, as a command: from the page's request to its exit code and what it wrote. */
import { FileSystem } from '../fs/file-system.ts'
import type { KeptDirectories, Preopen } from '../fs/kept.ts'
import { changedFiles, layFiles, makeDirectories } from '../core/command-files.ts'
import { collectOutput, streamOutput, type CommandOutput } from '../core/command-output.ts'
import type { Outward } from '../outward.ts'
import type { RunReply, RunRequest } from '../../wire/run.ts'
import type { ByteSource } from '../wasi/input-stream.ts'
import type { ByteTarget } from '../wasi/output-stream.ts'
import { GuestExit } from '../wasi/wit-error.ts'

export interface CommandOptions {
  readonly request: RunRequest
  readonly kept: KeptDirectories | undefined
  /** Bytes of output that may lie in memory. */
  readonly outputBytes: number
  /** Tells the page which stream carries stdout (1) or stderr (2). */
  readonly announce: (descriptor: 1 | 2, stream: number) => void
}

/** What an instance of a command has in place of the extension's own. */
export interface CommandWorld {
  readonly args: readonly string[]
  readonly env: readonly (readonly [string, string])[]
  readonly files: { readonly fs: FileSystem, readonly preopens: readonly Preopen[] }
  readonly stdin: ByteSource
  readonly stdout: ByteTarget
  readonly stderr: ByteTarget
  /** Runs it to its end. */
  finish(run: () => unknown): Promise<RunReply>
}

/** The program's own name, its first argument. */
const NAME = 'main'
const readDate = Date.now

/** @throws {FsError} what a path of the files may not be @throws {CapabilityFailure} for streams where nothing can wait */
export function openCommand({ request, kept, outputBytes, announce }: CommandOptions, outward: Outward): CommandWorld {
  const { args, env, stdin, files, dirs, streams } = request
  const fs = new FileSystem({ now: () => BigInt(readDate()) * 1_000_000n })
  const root = fs.openRoot('read-write')
  layFiles(fs, root, files)
  const preopens = (dirs ?? ['/']).map((name) => ({ name, directory: openDirectory(fs, root, name) }))
  fs.takeChanges()
  const open = (descriptor: 1 | 2, isStreamed: boolean): CommandOutput => {
    if (!isStreamed) return collectOutput(outputBytes)
    const { id, sink } = outward.openStream()
    announce(descriptor, id)
    return streamOutput(sink, outward.waits, outputBytes)
  }
  const [stdout, stderr] = [open(1, streams.stdout), open(2, streams.stderr)]
  return {
    args: [NAME, ...args], env, files: { fs, preopens: [...preopens, ...(kept?.preopens() ?? [])] },
    stdin: typeof stdin === 'number' ? outward.acceptStream(stdin) : sourceOf(stdin),
    stdout: toTarget(stdout), stderr: toTarget(stderr),
    async finish(run) {
      try {
        const exitCode = await exitCodeOf(run)
        return { exitCode, stdout: await stdout.end(), stderr: await stderr.end(), files: changedFiles(fs, root) }
      } catch (error) {
        stdout.fail()
        stderr.fail()
        throw error
      }
    },
  }
}

function openDirectory(fs: FileSystem, root: Preopen['directory'], name: string): Preopen['directory'] {
  const path = name.replace(/^\/+|\/+$/g, '')
  if (path === '' || path === '.') return fs.openRoot('read-write')
  makeDirectories(fs, root, path)
  const directory = fs.open(root, path, { wantsDirectory: true })
  if (directory.kind !== 'directory') throw new Error('The file system opened a file as a directory.')
  return directory
}

/** `run` gives a result without values: its error is exit code 1. */
async function exitCodeOf(run: () => unknown): Promise<number> {
  try {
    await run()
    return 0
  } catch (error) {
    if (error instanceof GuestExit) return error.exitCode
    if (error instanceof Error && Object.hasOwn(error, 'payload')) return 1
    throw error
  }
}

function toTarget({ device }: CommandOutput): ByteTarget {
  return { write: (bytes) => device.write?.(bytes) }
}

function sourceOf(bytes: Uint8Array | null): ByteSource {
  let left = bytes ?? undefined
  return {
    read: () => {
      const chunk = left
      left = undefined
      return chunk?.length === 0 ? undefined : chunk
    },
    cancel: () => undefined,
  }
}
