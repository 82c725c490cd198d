/**
 * A call of an Extism plug-in's function, by its own conventions: no parameters, the input and output in the kernel, 0 for success. One argument is
 * the input; a second one says what the output is to be read as.
 */
import { type CoreSignature, showType } from '../../../wire/core-signature.ts'
import { andThen, type MaybePromise } from '../../wait/maybe.ts'
import type { CoreInstance } from '../core-instance.ts'
import { CoreFault, GuestFailure } from '../failure.ts'
import { decodeText } from '../guest-memory.ts'
import { fromJson, toJson } from '../json-text.ts'
import { typeOfExport } from '../numbers.ts'
import type { Kernel } from './kernel.ts'

type Bytes = Uint8Array<ArrayBuffer>

const READERS: ReadonlyMap<unknown, (output: Bytes) => unknown> = new Map<unknown, (output: Bytes) => unknown>([
  [undefined, (output) => output],
  ['bytes', (output) => output],
  ['text', (output) => decodeText(output, 'an output')],
  ['json', (output) => (output.length === 0 ? undefined : fromJson(decodeText(output, 'an output')))],
])

export interface PluginCall {
  readonly instance: CoreInstance
  readonly kernel: Kernel
  readonly signature: CoreSignature
  readonly maxBytes: number
}

export function callPlugin(name: string, args: readonly unknown[], { instance, kernel, signature, maxBytes }: PluginCall): MaybePromise<unknown> {
  const type = typeOfExport(signature, name)
  if (!/^>[iI]?$/.test(type)) {
    throw new CoreFault('export-missing', `"${name}" is ${showType(type)}; a plug-in's functions take nothing and return an i32 or nothing.`)
  }
  const [input, as, ...more] = args
  const read = READERS.get(as)
  if (read === undefined || more.length > 0) {
    throw new CoreFault('value-unsupported', `"${name}" takes its input, and after it "bytes", "text" or "json": how to read its output.`)
  }
  if (!kernel.begin(toInput(input))) throw new CoreFault('memory-exceeded', `The input of "${name}" does not fit into the plug-in's memory limit.`)
  return andThen(instance.invoke(name, []), (code) => {
    const { output, error } = kernel.result()
    const hasFailed = error !== undefined || (code !== undefined && Number(code) !== 0)
    if (hasFailed) throw new GuestFailure('PluginError', error ?? `"${name}" returned ${String(code)}.`, String(code ?? 0))
    if (output.length > maxBytes) throw new CoreFault('message-too-large', `"${name}" gave ${output.length} bytes; at most ${maxBytes} can cross.`)
    return read(output)
  })
}

/** Text as UTF-8, bytes as they are, nothing as nothing, all else as JSON. */
function toInput(input: unknown): Bytes {
  if (input === undefined || input === null) return new Uint8Array()
  if (input instanceof Uint8Array) return new Uint8Array(input)
  if (input instanceof ArrayBuffer) return new Uint8Array(input)
  return new TextEncoder().encode(typeof input === 'string' ? input : toJson(input))
}
