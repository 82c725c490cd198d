/**
 * What a component becomes once per digest: glue, core modules, and what its world asks for and offers. As bytes in the cache and between the
 * preparer and the page: a header (magic, version, size of the JSON), JSON, then the glue and the modules one after the other.
 * The page parses bytes that a preparer made of a stranger's component: nothing in them is believed beyond this form.
 */
import { PackageError } from '../../errors.ts'
import { joinBytes } from '../../util/bytes.ts'

/** `name` as the component gives it. Functions of an instance are missing where they could not be told. */
export interface PreparedItem {
  readonly kind: 'function' | 'instance'
  readonly name: string
  readonly functions?: readonly string[]
}

export interface PreparedComponent {
  /** One expression statement, `gloveboxGlue(function (realm) { ... return instantiate })`. */
  readonly glue: string
  /** By the names that the glue asks for; views of the parsed bytes. */
  readonly modules: ReadonlyMap<string, Uint8Array>
  readonly imports: readonly PreparedItem[]
  readonly exports: readonly PreparedItem[]
  /** `jspi`: exports give promises, imports that wait may; `sync`: neither. */
  readonly asyncMode: 'sync' | 'jspi'
  /** Imports that wait, without versions: `wasi:io/poll#poll`. */
  readonly waitingImports: readonly string[]
  /** Without a way to wait it would be of no use; where false it only sleeps, or waits for nothing. */
  readonly mustWait: boolean
}

const MAGIC = 0x47425850 // GBXP
const VERSION = 1
const HEADER_BYTES = 12
const MAX_JSON_BYTES = 4 * 2 ** 20
const MAX_ITEMS = 100_000

export function encodePrepared(prepared: PreparedComponent): ArrayBuffer {
  const { glue, modules, ...world } = prepared
  const code = new TextEncoder().encode(glue)
  const list = [...modules]
  const sizes = list.map(([name, bytes]) => [name, bytes.length] as const)
  const { imports, exports, asyncMode, waitingImports, mustWait } = world
  const json = new TextEncoder().encode(JSON.stringify({ glue: code.length, modules: sizes, imports, exports, asyncMode, waitingImports, mustWait }))
  const header = new DataView(new ArrayBuffer(HEADER_BYTES))
  header.setUint32(0, MAGIC)
  header.setUint32(4, VERSION)
  header.setUint32(8, json.length)
  return joinBytes([new Uint8Array(header.buffer), json, code, ...list.map(([, bytes]) => bytes)]).buffer
}

/** @throws {PackageError} prepared-invalid */
export function parsePrepared(input: unknown): PreparedComponent {
  try {
    const prepared = input instanceof ArrayBuffer ? read(new Uint8Array(input)) : undefined
    if (prepared !== undefined) return prepared
  } catch (cause) {
    throw invalid(cause)
  }
  throw invalid()
}

function read(bytes: Uint8Array): PreparedComponent | undefined {
  if (bytes.length < HEADER_BYTES) return undefined
  const view = new DataView(bytes.buffer)
  const jsonBytes = view.getUint32(8)
  if (view.getUint32(0) !== MAGIC || view.getUint32(4) !== VERSION || jsonBytes > MAX_JSON_BYTES) return undefined
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const fields = toRecord(JSON.parse(decoder.decode(bytes.subarray(HEADER_BYTES, HEADER_BYTES + jsonBytes))))
  const { asyncMode, mustWait } = fields
  if ((asyncMode !== 'sync' && asyncMode !== 'jspi') || typeof mustWait !== 'boolean') return undefined
  const slices = new Slices(bytes, HEADER_BYTES + jsonBytes)
  const glue = decoder.decode(slices.take(fields['glue']))
  const modules = new Map(toList(fields['modules']).map((entry) => {
    const [name, size] = toList(entry)
    return [toText(name), slices.take(size)]
  }))
  if (!slices.isDone) return undefined
  const [imports, exports] = [toList(fields['imports']).map(toItem), toList(fields['exports']).map(toItem)]
  return { glue, modules, imports, exports, asyncMode, mustWait, waitingImports: toList(fields['waitingImports']).map(toText) }
}

/** Consecutive views; each within the bytes. */
class Slices {
  readonly #bytes: Uint8Array
  #at: number

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes
    this.#at = at
  }

  get isDone(): boolean {
    return this.#at === this.#bytes.length
  }

  take(size: unknown): Uint8Array {
    if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0 || size > this.#bytes.length - this.#at) throw new RangeError('size')
    this.#at += size
    return this.#bytes.subarray(this.#at - size, this.#at)
  }
}

function toItem(input: unknown): PreparedItem {
  const { kind, name, functions } = toRecord(input)
  if (kind !== 'function' && kind !== 'instance') throw new TypeError('kind')
  return { kind, name: toText(name), ...(functions === undefined ? {} : { functions: toList(functions).map(toText) }) }
}

function toRecord(input: unknown): Readonly<Record<string, unknown>> {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) throw new TypeError('record')
  return input as Readonly<Record<string, unknown>> // just checked
}

function toList(input: unknown): readonly unknown[] {
  if (!Array.isArray(input) || input.length > MAX_ITEMS) throw new TypeError('list')
  return input
}

function toText(input: unknown): string {
  if (typeof input !== 'string') throw new TypeError('text')
  return input
}

function invalid(cause?: unknown): PackageError {
  return new PackageError('prepared-invalid', 'The bytes are not a prepared component of this version.', { cause })
}
