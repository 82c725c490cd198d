/** `fields` of wasi:http/types 0.2: names and values of headers, checked and counted. */
import type { WasiContext } from '../context.ts'
import { GLUE_DISPOSE, Resource } from '../resource.ts'
import { WitError } from '../wit-error.ts'

type Entry = readonly [name: string, value: Uint8Array]

const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
const MAX_ENTRIES = 1000
const MAX_BYTES = 256 * 2 ** 10
/** What belongs to the connection, which is not the guest's. */
const FORBIDDEN: ReadonlySet<string> = new Set([
  'connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'proxy-connection', 'transfer-encoding', 'upgrade', 'host',
  'http2-settings',
])

const encoder = new TextEncoder()

/** Values are Latin-1 on the page, bytes in the guest. */
export class Fields extends Resource {
  readonly #context: WasiContext
  #entries: readonly Entry[] = []
  #isImmutable = false

  constructor(context: WasiContext) {
    super(context.resources)
    this.#context = context
  }

  /** Called on the instance's own class. */
  static fromList(this: new () => Fields, list: readonly Entry[]): Fields {
    const fields = new this()
    try {
      fields.#replace(list.map(([name, value]) => parseEntry(name, value)))
    } catch (error) {
      fields[GLUE_DISPOSE]()
      throw error
    }
    return fields
  }

  /** The page's. What guests may not set themselves is kept. */
  static fromPage(context: WasiContext, list: readonly (readonly [string, string])[]): Fields {
    const fields = new Fields(context)
    fields.#entries = list.map(([name, value]) => [name.toLowerCase(), fromLatin1(value)])
    fields.#isImmutable = true
    return fields
  }

  get(name: string): Uint8Array[] {
    const key = name.toLowerCase()
    return this.#entries.flatMap(([other, value]) => (other === key ? [value.slice()] : []))
  }

  has(name: string): boolean {
    const key = name.toLowerCase()
    return this.#entries.some(([other]) => other === key)
  }

  set(name: string, values: readonly Uint8Array[]): void {
    const added = values.map((value) => parseEntry(name, value))
    this.#refuseImmutable()
    const key = parseName(name)
    this.#replace([...this.#entries.filter(([other]) => other !== key), ...added])
  }

  delete(name: string): void {
    this.#refuseImmutable()
    const key = parseName(name)
    this.#entries = this.#entries.filter(([other]) => other !== key)
  }

  append(name: string, value: Uint8Array): void {
    this.#refuseImmutable()
    this.#replace([...this.#entries, parseEntry(name, value)])
  }

  entries(): Entry[] {
    return this.#entries.map(([name, value]) => [name, value.slice()])
  }

  clone(): Fields {
    const copy = new Fields(this.#context)
    copy.#entries = this.#entries
    return copy
  }

  /** As the guest sees headers of what it does not own. */
  view(): Fields {
    const view = this.clone()
    view.#isImmutable = true
    return view
  }

  /** For the page. */
  toList(): [string, string][] {
    return this.#entries.map(([name, value]) => [name, toLatin1(value)])
  }

  #replace(entries: readonly Entry[]): void {
    const bytes = entries.reduce((sum, [name, value]) => sum + name.length + value.length, 0)
    if (entries.length > MAX_ENTRIES || bytes > MAX_BYTES) throw new WitError({ tag: 'forbidden' })
    this.#entries = entries
  }

  #refuseImmutable(): void {
    if (this.#isImmutable) throw new WitError({ tag: 'immutable' })
  }
}

function parseName(name: string): string {
  if (name.length > MAX_BYTES || !NAME.test(name)) throw new WitError({ tag: 'invalid-syntax' })
  const key = name.toLowerCase()
  if (FORBIDDEN.has(key)) throw new WitError({ tag: 'forbidden' })
  return key
}

function parseEntry(name: string, value: Uint8Array): Entry {
  const isValid = value.length <= MAX_BYTES && value.every((byte) => byte === 9 || (byte >= 32 && byte !== 127))
  if (!isValid) throw new WitError({ tag: 'invalid-syntax' })
  return [parseName(name), value.slice()]
}

function toLatin1(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return text
}

function fromLatin1(text: string): Uint8Array {
  return /^[\0-\xff]*$/.test(text) ? Uint8Array.from(text, (char) => char.charCodeAt(0)) : encoder.encode(text)
}
