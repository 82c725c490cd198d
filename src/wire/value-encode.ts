/** Values to payloads: a survey, then plain JSON or, where that is not enough, JSON with tags (see value.ts). */
import { DEFAULT_VALUE_LIMITS, type Payload, type ValueLimits } from './payload.ts'
import { MAX_HANDLE_TYPE, type HandleEncoder, type WireHandle } from './value-handle.ts'
import { mapEntries, setValues, Survey, tooLarge } from './value-survey.ts'

const keysOf = Object.keys
const isArray = Array.isArray

/**
 * Takes ownership of the bytes in `value`: a Uint8Array that spans its whole buffer, or an ArrayBuffer, is to be transferred, so it is
 * detached once the payload is sent. A view of a part is copied.
 *
 * @throws {LimitError} message-too-large when `value` has too many bytes, levels or nodes
 * @throws {GuestError} value-unsupported when a part cannot cross; `details.path` tells which (`$.items[3].callback`)
 * @param handles  for objects that stay on this side
 */
export function encodeValue(value: unknown, limits: ValueLimits = DEFAULT_VALUE_LIMITS, handles?: HandleEncoder): Payload {
  const survey = new Survey(limits, handles)
  survey.visit(value, 0)
  if (survey.isPlain) return checkSize({ text: JSON.stringify(value), buffers: [] }, limits)
  const writer = new Writer(survey.shared, handles)
  const text = JSON.stringify(writer.write(value))
  return checkSize({ text, buffers: writer.buffers }, limits)
}

function checkSize(payload: Payload, limits: ValueLimits): Payload {
  let size = payload.text.length
  for (const buffer of payload.buffers) size += buffer.byteLength
  if (size > limits.bytes) throw tooLarge(`it has ${size} bytes, at most ${limits.bytes} are allowed`)
  return payload
}

/** Second pass, for values that need tags. The survey has excluded everything else. */
class Writer {
  readonly buffers: ArrayBuffer[] = []
  readonly #sent = new Set<ArrayBuffer>()
  readonly #shared: ReadonlySet<object>
  readonly #numbers = new Map<object, number>()
  readonly #handles: HandleEncoder | undefined

  constructor(shared: ReadonlySet<object>, handles: HandleEncoder | undefined) {
    this.#shared = shared
    this.#handles = handles
  }

  write(value: unknown): unknown {
    switch (typeof value) {
      case 'undefined':
        return tag('u')
      case 'bigint':
        return tag('i', String(value))
      case 'number':
        if (value - value === 0 && !(value === 0 && 1 / value < 0)) return value
        return tag('n', value === 0 ? '-0' : String(value))
      case 'object':
        return value === null ? null : this.#writeObject(value)
      default:
        return value
    }
  }

  #writeObject(value: object): unknown {
    if (!this.#shared.has(value)) return this.#writeBody(value)
    const known = this.#numbers.get(value)
    if (known !== undefined) return tag('@', known)
    const number = this.#numbers.size
    this.#numbers.set(value, number)
    return tag('=', number, this.#writeBody(value))
  }

  #writeBody(value: object): unknown {
    if (isArray(value)) return this.#writeAll(value)
    if (value instanceof Uint8Array) return tag('b', this.#addBuffer(wholeBuffer(value)))
    if (value instanceof ArrayBuffer) return tag('a', this.#addBuffer(value))
    if (value instanceof Date) return tag('d', value.getTime())
    if (value instanceof Map) return tag('m', Array.from(mapEntries(value), ([key, item]) => [this.write(key), this.write(item)]))
    if (value instanceof Set) return tag('s', Array.from(setValues(value), (item) => this.write(item)))
    if (this.#handles?.has(value) === true) return this.#writeHandle(this.#handles.handleOf(value))
    const record: Record<string, unknown> = Object.create(null)
    for (const key of keysOf(value)) record[key] = this.write((value as Readonly<Record<string, unknown>>)[key]) // an own key of value
    return '$' in record ? tag('o', record) : record
  }

  #writeHandle({ id, type }: WireHandle): unknown {
    return tag('h', id, type.slice(0, MAX_HANDLE_TYPE))
  }

  #writeAll(value: readonly unknown[]): unknown[] {
    const items: unknown[] = []
    for (let index = 0; index < value.length; index++) items.push(this.write(value[index]))
    return items
  }

  #addBuffer(buffer: ArrayBuffer): number {
    // One buffer is transferred once: a second object over the same bytes gets its own copy. A copy is always of fixed length.
    this.buffers.push(this.#sent.has(buffer) || isResizable(buffer) ? buffer.slice(0) : buffer)
    this.#sent.add(buffer)
    return this.buffers.length - 1
  }
}

function tag(...parts: readonly unknown[]): object {
  return { $: parts }
}

function wholeBuffer(view: Uint8Array): ArrayBuffer {
  const { buffer } = view
  return buffer instanceof ArrayBuffer && buffer.byteLength === view.byteLength ? buffer : view.slice().buffer
}

function isResizable(buffer: ArrayBuffer): boolean {
  return 'resizable' in buffer && buffer.resizable === true
}
