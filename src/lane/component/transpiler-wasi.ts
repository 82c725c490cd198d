/**
 * The WASI that the transpiler itself runs on: no environment, no files, no input, random numbers that are always the same (it only seeds its
 * hash tables with them), so that the same component gives the same bytes everywhere. What it prints when it panics is kept for the error.
 */

const MAX_TEXT = 2_000

/** `text()`: what was printed so far. */
export function createTranspilerWasi(): { readonly wasi: object; readonly text: () => string } {
  let printed = ''
  class OutputStream {
    checkWrite(): bigint {
      return 65_536n
    }
    write(bytes: Uint8Array): void {
      if (printed.length < MAX_TEXT) printed += new TextDecoder().decode(bytes)
    }
    blockingWriteAndFlush(bytes: Uint8Array): void {
      this.write(bytes)
    }
    blockingFlush(): void {}
  }
  class InputStream {}
  class Descriptor {}
  class DirectoryEntryStream {}
  class TerminalInput {}
  class TerminalOutput {}
  const out = new OutputStream()
  const exit = (): never => {
    throw new Error('The transpiler ended.')
  }
  const wasi = {
    cli: {
      environment: { getEnvironment: () => [] },
      exit: { exit },
      stderr: { getStderr: () => out },
      stdin: { getStdin: () => new InputStream() },
      stdout: { getStdout: () => out },
      terminalInput: { TerminalInput },
      terminalOutput: { TerminalOutput },
      terminalStderr: { getTerminalStderr: () => undefined },
      terminalStdin: { getTerminalStdin: () => undefined },
      terminalStdout: { getTerminalStdout: () => undefined },
    },
    filesystem: { preopens: { getDirectories: () => [] }, types: { Descriptor, DirectoryEntryStream, filesystemErrorCode: () => undefined } },
    io: { error: { Error }, streams: { InputStream, OutputStream } },
    random: { random: { getRandomBytes: (size: bigint) => new Uint8Array(Number(size)) } },
  }
  return { wasi, text: () => printed }
}
