/**
 * Directories of an extension's own that outlive its instances. The file system is the guest's (in its worker); here are only its nodes, whole,
 * by number: loaded when an instance starts, committed as one set of changes. No file of the user's is ever among them.
 */
import { isGloveboxError, LimitError } from '../errors.ts'
import type { Installation } from '../manifest/identity.ts'
import type { FileStore } from '../wire/file-store.ts'
import type { StoredValue } from '../wire/key-value.ts'
import { DEFAULT_VALUE_LIMITS, decodeValue, encodeValue } from '../wire/value.ts'
import { parseArguments, parseInteger, parseText } from './arguments.ts'
import type { Authorization, Capability, CapabilityContext } from './capability.ts'
import { CapabilityError } from './capability.ts'
import { inStore } from './in-store.ts'

const PATH_CHARS = 1025
const MAX_NODES = 100_000
/** As many as a manifest names. */
const MAX_DIRECTORIES = 64
/** Of a page of `load`; a message takes 10 000 buffers. */
const PAGE_NODES = 5_000
const PAGE_SHARE = 0.5
/** Of a message, for one node: what is stored must come back in one. */
const NODE_SHARE = 0.9

/**
 * `file.open(directories)` gives those of them that may be read: what the user allows once is one load of each. `file.load(directory, after, since)` gives a page `{revision, nodes, next}`, without nodes when the revision is still `since`;
 * `file.commit(directory, revision, puts, deletes)` the new revision, with `puts` of `[number, node]`. Loading needs `file:read`, committing `file:write`.
 */
export function createFileCapability(openFiles: (installation: Installation, grant: AbortSignal) => FileStore): Capability {
  const open = ({ installation }: CapabilityContext): Open => (grant) => openFiles(installation, grant)
  const loads = new AllowedLoads()
  return { name: 'file', methods: new Map([
    ['file.open', async (args, context) => openDirectories(args, context, loads)],
    ['file.load', async (args, context) => load(args, context, { open: open(context), loads })],
    ['file.commit', async (args, context) => commit(args, context, open(context))],
  ]) }
}

/** Loads that were allowed and are not over, by the epoch of the guest's that asked. */
class AllowedLoads {
  readonly #grants = new WeakMap<AbortSignal, Map<string, Authorization>>()

  keep(epoch: AbortSignal, directory: string, grant: Authorization): void {
    const grants = this.#grants.get(epoch) ?? new Map<string, Authorization>()
    this.#grants.set(epoch, grants.set(directory, grant))
  }

  /** For one page; undefined where there is none that still holds. */
  take(epoch: AbortSignal, directory: string): Authorization | undefined {
    const grants = this.#grants.get(epoch)
    const grant = grants?.get(directory)
    grants?.delete(directory)
    return grant?.covers({ kind: 'file', directory }) === true ? grant : undefined
  }
}

async function openDirectories(args: readonly unknown[], context: CapabilityContext, loads: AllowedLoads): Promise<unknown> {
  parseArguments('file.open', args, 1)
  const asked = parseList('directories', args[0], MAX_DIRECTORIES).map((name) => parseText('directory', name, 1, PATH_CHARS))
  const opened = await Promise.all(asked.map(async (directory) => {
    try {
      loads.keep(context.signal, directory, await context.authorize('file:read', { kind: 'file', directory }))
      return [directory]
    } catch (error) {
      if (isGloveboxError(error, 'permission-denied') || isGloveboxError(error, 'permission-revoked')) return []
      throw error
    }
  }))
  return opened.flat()
}

type Open = (grant: AbortSignal) => FileStore

interface LoadParts {
  readonly open: Open
  readonly loads: AllowedLoads
}

async function load(args: readonly unknown[], context: CapabilityContext, { open, loads }: LoadParts): Promise<unknown> {
  parseArguments('file.load', args, 3)
  const directory = parseText('directory', args[0], 1, PATH_CHARS)
  const after = parseInteger('after', args[1] ?? 0, 0, Number.MAX_SAFE_INTEGER)
  const since = args[2] === undefined || args[2] === null ? undefined : parseInteger('since', args[2], 0, Number.MAX_SAFE_INTEGER)
  const grant = loads.take(context.signal, directory) ?? (await context.authorize('file:read', { kind: 'file', directory }))
  const { revision, nodes } = await inStore(() => open(grant.signal).load(directory, since))
  grant.signal.throwIfAborted()
  context.keepFiles(grant)
  const end = pageEnd(nodes, after, context.limits.messageBytes)
  if (end < nodes.length) loads.keep(context.signal, directory, grant)
  return { revision, nodes: nodes.slice(after, end).map(decodeNode), next: end < nodes.length ? end : null }
}

/** As many as one message surely takes, at least one. */
function pageEnd(nodes: readonly StoredValue[], from: number, messageBytes: number): number {
  let bytes = 0
  let end = from
  for (; end < nodes.length && end - from < PAGE_NODES; end += 1) {
    bytes += sizeOf(nodes[end])
    if (end > from && bytes > messageBytes * PAGE_SHARE) break
  }
  return end
}

async function commit(args: readonly unknown[], context: CapabilityContext, open: Open): Promise<unknown> {
  parseArguments('file.commit', args, 4)
  const directory = parseText('directory', args[0], 1, PATH_CHARS)
  const revision = parseInteger('revision', args[1], 0, Number.MAX_SAFE_INTEGER)
  const { signal } = await context.authorize('file:write', { kind: 'file', directory })
  signal.throwIfAborted()
  const puts = encodeNodes(parseList('puts', args[2]), context.limits.messageBytes)
  const deletes = parseList('deletes', args[3]).map(parseNode)
  const numbers = [...puts.map(([node]) => node), ...deletes]
  // The quota counts what each replaces: one that came twice would be counted off twice.
  if (new Set(numbers).size < numbers.length) throw new CapabilityError('invalid-argument', 'A node comes twice in one commit.')
  const { fileBytes } = context.limits
  const result = await inStore(() => open(signal).commit(directory, { revision, puts, deletes, quotaBytes: fileBytes }))
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

/** A few bytes of a message can stand for many nodes: what they come to is counted on the way. */
function encodeNodes(entries: readonly unknown[], messageBytes: number): readonly (readonly [number, StoredValue])[] {
  const most = messageBytes * NODE_SHARE
  let bytes = 0
  return entries.map((entry) => {
    const [node, value] = parseList('puts', entry)
    const stored = encodeValue(value, { ...DEFAULT_VALUE_LIMITS, bytes: most })
    bytes += sizeOf(stored)
    if (bytes > 2 * messageBytes) throw new LimitError('message-too-large', `The changes have more than ${2 * messageBytes} bytes; nothing was written.`)
    return [parseNode(node), stored] as const
  })
}

function sizeOf(value: StoredValue | undefined): number {
  return value === undefined ? 0 : value.buffers.reduce((sum, { byteLength }) => sum + byteLength, value.text.length)
}

function parseList(name: string, input: unknown, most = MAX_NODES): readonly unknown[] {
  if (Array.isArray(input) && input.length <= most) return input as readonly unknown[] // an array by the check
  throw new CapabilityError('invalid-argument', `${name}: expected a list of at most ${most}, got ${typeof input}.`)
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
