/**
 * Files that the user picks in the browser's own dialog: to read, and to save to. The extension learns their names and bytes, never a path, and
 * writes nothing but what the user has just named. A picked file is for the instance that asked, as long as it runs and the grant holds.
 */
import { LimitError } from '../errors.ts'
import { FIXED_LIMITS } from '../manifest/limits.ts'
import { orAbort } from '../util/abort.ts'
import { cleanText } from '../util/text.ts'
import { parseArguments, parseFields, parseInteger, parseText, refuse } from './arguments.ts'
import type { Authorization, Capability, CapabilityContext, CapabilityMethod, ScopeUse } from './capability.ts'
import { CapabilityError } from './capability.ts'
import type { Chooser } from './chooser.ts'
import { cleanFileName } from './file-name.ts'
import { GuestHandles } from './guest-handles.ts'
import { capBody } from './http-body.ts'

type Bytes = Uint8Array<ArrayBuffer>

const MAX_FILE_BYTES = FIXED_LIMITS.pickedFileBytes
const PICKED: ScopeUse = { kind: 'file-picked' }
const MAX_ACCEPT = 32
/** `.csv`, `image/png`, `image/*`: as in an input's `accept`. */
const ACCEPT = /^(?:\.[a-z0-9]{1,16}|[a-z]+\/(?:\*|[a-z0-9.+-]{1,64}))$/i

export interface OpenRequest {
  readonly accept: readonly string[]
  readonly multiple: boolean
}

/** Where a file is written to that the user named. */
export interface FileTarget {
  write(bytes: Bytes): Promise<void>
  /** From now on the file has what was written. */
  close(): Promise<void>
  /** The file stays as it was. */
  abort(reason: unknown): Promise<void>
}

/** The browser's dialogs. Both reject with its DOMExceptions. */
export interface FilePicker {
  open(request: OpenRequest, signal: AbortSignal): Promise<readonly File[]>
  save(name: string, signal: AbortSignal): Promise<FileTarget>
}

interface Picked {
  readonly file: File
  readonly grant: Authorization
}

export interface PickedFileOptions {
  readonly picker: FilePicker
  readonly chooser: Chooser
}

/**
 * `picked.open({accept, multiple})` gives `{handle, name, size, type, modified}` of each; `picked.read(handle)` the number of a stream;
 * `picked.close(handle)`; `picked.save(name, stream)` writes the guest's stream and gives the number of bytes.
 */
export function createPickedFileCapability(options: PickedFileOptions): Capability {
  const files = new GuestHandles<Picked>({ limit: 'pickedFiles', what: 'a file' })
  const methods: Readonly<Record<string, CapabilityMethod>> = {
    open: (args, context) => openFiles(args, context, options, files),
    read: async (args, context) => {
      context.uses('file:read', PICKED)
      parseArguments('picked.read', args, 1)
      return readFile(files.get(context.signal, args[0]), context)
    },
    close: async (args, context) => {
      context.uses('file:read', PICKED)
      parseArguments('picked.close', args, 1)
      files.remove(context.signal, args[0])
    },
    save: (args, context) => saveFile(args, context, options),
  }
  return { name: 'picked', methods: new Map(Object.entries(methods).map(([name, method]) => [`picked.${name}`, method])) }
}

async function openFiles(
  args: readonly unknown[], context: CapabilityContext, { picker, chooser }: PickedFileOptions, files: GuestHandles<Picked>,
): Promise<unknown> {
  parseArguments('picked.open', args, 1)
  const request = parseRequest(args[0])
  const grant = await context.authorize('file:read', PICKED)
  files.check(context.signal)
  const chosen = await chooser.choose({ what: 'Choosing a file', context, grant, open: (signal) => picker.open(request, signal) })
  if (chosen.length === 0) throw new CapabilityError('cancelled', 'Choosing a file: the user chose nothing.')
  files.check(context.signal, chosen.length)
  const large = chosen.find(({ size }) => size > MAX_FILE_BYTES)
  if (large !== undefined) throw tooLarge()
  return chosen.map((file) => ({
    handle: files.add(context.signal, { file, grant }),
    name: cleanText(file.name, 255), size: file.size, type: file.type.slice(0, 128), modified: file.lastModified,
  }))
}

function readFile({ file, grant }: Picked, context: CapabilityContext): number {
  grant.signal.throwIfAborted()
  const bytes = capBody(file.stream(), {
    maxBytes: MAX_FILE_BYTES,
    count: () => undefined,
    waiting: () => context.waiting(),
    signal: AbortSignal.any([context.signal, grant.signal]),
    toError: (cause) => new CapabilityError('browser-refused', 'The file cannot be read any more: it was changed or moved.', { cause }),
    onEnd: () => undefined,
  })
  try {
    return context.sendStream(bytes)
  } catch (error) {
    void bytes.cancel(error).catch(() => undefined)
    throw error
  }
}

async function saveFile(args: readonly unknown[], context: CapabilityContext, { picker, chooser }: PickedFileOptions): Promise<number> {
  const source = context.receiveStream(parseInteger('stream', args[1], 0, Number.MAX_SAFE_INTEGER))
  try {
    parseArguments('picked.save', args, 2)
    const name = cleanFileName(parseText('name', args[0], 1, 255))
    const grant = await context.authorize('file:write', PICKED)
    const drop = (late: FileTarget): void => void late.abort(grant.signal.reason).catch(() => undefined)
    const target = await chooser.choose({ what: 'Saving a file', context, grant, open: (signal) => picker.save(name, signal), drop })
    const signal = AbortSignal.any([context.signal, grant.signal])
    // A disk that does not answer holds up the target, which is given up; the guest is told at once.
    return await orAbort(write(source, target, signal), signal)
  } finally {
    // The guest must not go on sending what nobody reads; one that was written is locked, and over.
    if (!source.locked) void source.cancel().catch(() => undefined)
  }
}

async function write(source: ReadableStream<Bytes>, target: FileTarget, signal: AbortSignal): Promise<number> {
  const reader = source.getReader()
  const stop = (): void => void reader.cancel(signal.reason).catch(() => undefined)
  signal.addEventListener('abort', stop, { once: true })
  let size = 0
  try {
    for (;;) {
      signal.throwIfAborted()
      const { done, value } = await reader.read()
      signal.throwIfAborted()
      if (done) break
      size += value.byteLength
      if (size > MAX_FILE_BYTES) throw tooLarge()
      await target.write(value)
    }
    await target.close()
    return size
  } catch (error) {
    void reader.cancel(error).catch(() => undefined)
    await target.abort(error).catch(() => undefined)
    throw signal.aborted ? signal.reason : toSaveError(error)
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

function toSaveError(error: unknown): unknown {
  if (error instanceof LimitError || error instanceof CapabilityError) return error
  return new CapabilityError('browser-refused', 'The file could not be written; it is as it was.', { cause: error })
}

function parseRequest(input: unknown): OpenRequest {
  const fields = parseFields('options', input ?? {}, ['accept', 'multiple'])
  const [accept = [], multiple = false] = [fields.get('accept'), fields.get('multiple')]
  if (typeof multiple !== 'boolean') refuse('multiple', 'true or false', multiple)
  if (!Array.isArray(accept) || accept.length > MAX_ACCEPT) refuse('accept', `a list of at most ${MAX_ACCEPT} types`, accept)
  const types = (accept as readonly unknown[]).map((type) => { // an array by the check above
    return typeof type === 'string' && ACCEPT.test(type) ? type : refuse('accept', 'types such as ".csv", "image/png" and "image/*"', type)
  })
  return { accept: types, multiple }
}

function tooLarge(): LimitError {
  return new LimitError('body-too-large', `A file has at most ${MAX_FILE_BYTES} bytes.`, { details: { limit: 'pickedFileBytes', maxBytes: MAX_FILE_BYTES } })
}
