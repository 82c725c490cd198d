/** wasi:cli 0.2: https://github.com/WebAssembly/WASI/tree/main/proposals/cli. No terminal, no standard input unless one is given. */
import type { ImportTable, WasiContext } from './context.ts'
import { InputStream, type ByteSource } from './input-stream.ts'
import { OutputStream, type ByteTarget } from './output-stream.ts'
import { GuestExit } from './wit-error.ts'

/** Nothing makes these: there is no terminal. */
class TerminalInput {}
class TerminalOutput {}

const EMPTY: ByteSource = { read: () => undefined, cancel: () => undefined }

export interface StdioOptions {
  readonly stdout: ByteTarget
  readonly stderr: ByteTarget
  readonly stdin?: ByteSource
}

export function createCli({ resources, args, env }: WasiContext, { stdout, stderr, stdin = EMPTY }: StdioOptions): ImportTable {
  return new Map<string, Readonly<Record<string, unknown>>>([
    ['wasi:cli/environment', {
      getEnvironment: () => env.map(([name, value]) => [name, value]),
      getArguments: () => [...args],
      initialCwd: () => undefined,
    }],
    ['wasi:cli/exit', {
      exit: (status: { readonly tag: string }) => leave(status.tag === 'ok' ? 0 : 1),
      exitWithCode: (code: number) => leave(code),
    }],
    // Each stream is the guest's own to drop; what stands behind it stays.
    ['wasi:cli/stdin', { getStdin: () => new InputStream(resources, { read: (max) => stdin.read(max), cancel: () => undefined }) }],
    ['wasi:cli/stdout', { getStdout: () => new OutputStream(resources, stdout) }],
    ['wasi:cli/stderr', { getStderr: () => new OutputStream(resources, stderr) }],
    ['wasi:cli/terminal-input', { TerminalInput }],
    ['wasi:cli/terminal-output', { TerminalOutput }],
    ['wasi:cli/terminal-stdin', { getTerminalStdin: () => undefined }],
    ['wasi:cli/terminal-stdout', { getTerminalStdout: () => undefined }],
    ['wasi:cli/terminal-stderr', { getTerminalStderr: () => undefined }],
  ])
}

function leave(code: number): never {
  throw new GuestExit(code)
}
