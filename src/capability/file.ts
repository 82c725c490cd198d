/**
 * Directories of an extension's own that outlive its instances. The file system is the guest's (in its worker); here are only its nodes, whole,
 * by number: loaded when an instance starts, committed as one set of changes. No file of the user's is ever among them.
 */
import { LimitError } from '../errors.ts'
import type { ExtensionKey } from '../manifest/identity.ts'
import { extensionKey } from '../manifest/identity.ts'
import type { FileStore } from '../wire/file-store.ts'
import type { StoredValue } from '../wire/key-value.ts'
import { DEFAULT_VALUE_LIMITS, decodeValue, encodeValue } from '../wire/value.ts'
import { parseArguments, parseInteger, parseText } from './arguments.ts'
import type { Capability, CapabilityContext } from './capability.ts'
import { CapabilityError } from './capability.ts'
import { inStore } from './in-store.ts'

const PATH_CHARS = 1025
const MAX_NODES = 100_000

/**
 * `file.load(directory)` gives `{revision, nodes}`; `file.commit(directory, revision, puts, deletes)` the new revision, with `puts` of
 * `[number, node]`. Loading needs `file:read`, committing `file:write`.
 */
export function createFileCapability(openFiles: (key: ExtensionKey) => FileStore): Capability {
  const open = (context: CapabilityContext): FileStore => openFiles(extensionKey(context.identity))
  return { name: 'file', methods: new Map([
    ['file.load', async (args, context) => load(args, context, open(context))],
    ['file.commit', async (args, context) => commit(args, context, open(context))],
  ]) }
}

async function load(args: readonly unknown[], context: CapabilityContext, store: FileStore): Promise<unknown> {
  parseArguments('file.load', args, 1)
  const directory = parseText('directory', args[0], 1, PATH_CHARS)
  const { signal } = await context.authorize('file:read', { kind: 'file', directory })
  const { revision, nodes } = await inStore(() => store.load(directory))
  signal.throwIfAborted()
  return { revision, nodes: nodes.map(decodeNode) }
}

async function commit(args: readonly unknown[], context: CapabilityContext, store: FileStore): Promise<unknown> {
  parseArguments('file.commit', args, 4)
  const directory = parseText('directory', args[0], 1, PATH_CHARS)
  const revision = parseInteger('revision', args[1], 0, Number.MAX_SAFE_INTEGER)
  const puts = parseList('puts', args[2]).map((entry) => {
    const [node, value] = parseList('puts', entry)
    return [parseNode(node), encodeValue(value, { ...DEFAULT_VALUE_LIMITS, bytes: context.limits.messageBytes })] as const
  })
  const deletes = parseList('deletes', args[3]).map(parseNode)
  const { signal } = await context.authorize('file:write', { kind: 'file', directory })
  signal.throwIfAborted()
  const { fileBytes } = context.limits
  const result = await inStore(() => store.commit(directory, { revision, puts, deletes, quotaBytes: fileBytes }))
  if (result === 'conflict') throw new CapabilityError('version-conflict', `Another instance changed ${directory} meanwhile; nothing was written.`)
  if (result === 'quota') {
    throw new LimitError('quota-exceeded', `The ${fileBytes} bytes for the extension's files are used up; nothing was written.`, { details: { limit: 'fileBytes', fileBytes } })
  }
  if (result === 'total') {
    const message = 'What all extensions together may keep in files is used up; nothing was written.'
    throw new LimitError('quota-exceeded', message, { details: { limit: 'fileBytes', owner: 'subject' } })
  }
  return result
}

function parseList(name: string, input: unknown): readonly unknown[] {
  if (Array.isArray(input) && input.length <= MAX_NODES) return input as readonly unknown[]
  throw new CapabilityError('invalid-argument', `${name}: expected a list of at most ${MAX_NODES}, got ${typeof input}.`)
}

function parseNode(input: unknown): number {
  return parseInteger('node', input, 1, Number.MAX_SAFE_INTEGER)
}

function decodeNode(value: StoredValue): unknown {
  try {
    return decodeValue(value, { ...DEFAULT_VALUE_LIMITS, bytes: Number.MAX_SAFE_INTEGER })
  } catch (cause) {
    throw new CapabilityError('store-failed', 'A stored file is damaged.', { cause })
  }
}
