/** Files of the extension's own: the tree is in the worker, beside the VM's memory. Results: bytes, nothing, or JSON. */
import { isGloveboxError } from '../../../errors.ts'
import { FsError } from '../../fs/error.ts'
import type { KeptFiles } from '../../fs/kept-files.ts'
import { DelegateError, type BridgeValue, type Delegate, type DelegateContext } from '../bridge.ts'

export const fileDelegate: Delegate = new Map([
  ['file.read', ([id, path], context): BridgeValue => later(id, context, async (files) => (await files.read(asText(path))).buffer)],
  ['file.write', ([id, path, bytes], context): BridgeValue => later(id, context, async (files) => {
    if (!(bytes instanceof ArrayBuffer)) throw malformed()
    await files.write(asText(path), new Uint8Array(bytes))
    return undefined
  })],
  ['file.remove', ([id, path], context): BridgeValue => later(id, context, async (files) => {
    await files.remove(asText(path))
    return undefined
  })],
  ['file.list', ([id, path], context): BridgeValue => later(id, context, async (files) => JSON.stringify(await files.list(asText(path))))],
])

/** The answer is promised first: that is refused when too many are pending, and then nothing begins. */
function later(id: BridgeValue, context: DelegateContext, work: (files: KeptFiles) => Promise<BridgeValue>): undefined {
  let begin = (): void => undefined
  const result = new Promise<void>((resolve) => {
    begin = resolve
  }).then(() => work(context.files)).catch((error: unknown) => {
    throw toDelegateError(error)
  })
  context.answer(id, result)
  begin()
}

function toDelegateError(error: unknown): unknown {
  if (error instanceof FsError) return new DelegateError('FileError', `The file system says ${error.message}`, codeOf(error))
  return isGloveboxError(error) ? new DelegateError(error.name, error.message, error.code) : error
}

/** The words of the host's where there are some. */
function codeOf({ code }: FsError): string {
  if (code === 'quota') return 'quota-exceeded'
  return code === 'invalid' ? 'invalid-argument' : code
}

function asText(value: BridgeValue): string {
  if (typeof value !== 'string') throw malformed()
  return value
}

function malformed(): DelegateError {
  return new DelegateError('TypeError', 'A path, or bytes, are required')
}
