/** Everything that a component may import, for one instance of it. */
import { createHostImports } from '../host/index.ts'
import { createCli, type StdioOptions } from './cli.ts'
import { createClocks } from './clocks.ts'
import type { ImportTable, WasiContext } from './context.ts'
import { createFilesystem } from './filesystem.ts'
import { createHttp } from './http/imports.ts'
import { InputStream } from './input-stream.ts'
import { createKeyValue } from './key-value-imports.ts'
import { createConfig, createLogging } from './logging.ts'
import { OutputStream } from './output-stream.ts'
import { createPoll } from './poll.ts'
import { createRandom } from './random.ts'
import { createSockets } from './sockets.ts'
import { IoError } from './stream-error.ts'

export function createWasiImports(context: WasiContext, stdio: StdioOptions): ImportTable {
  return new Map([
    ...createIo(context),
    ...createCli(context, stdio),
    ...createClocks(context),
    ...createRandom(),
    ...createFilesystem(context),
    ...createSockets(context.resources),
    ...createHttp(context),
    ...createKeyValue(context),
    ...createConfig(context),
    ...createLogging(context),
    ...createHostImports(context),
  ])
}

function createIo(context: WasiContext): ImportTable {
  return new Map<string, Readonly<Record<string, unknown>>>([
    ['wasi:io/error', { Error: IoError }],
    ['wasi:io/poll', createPoll(context)],
    ['wasi:io/streams', { InputStream, OutputStream }],
  ])
}
