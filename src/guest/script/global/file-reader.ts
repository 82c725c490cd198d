/**
 * FileReader over blobs of the guest's own: the bytes are there already, so each read is three tasks (loadstart, progress, load), and no
 * read fails. No FileReaderSync: nothing waits here. https://w3c.github.io/FileAPI/#APIASynch
 */
import type { Bridge, CreateGlobals } from '../bridge.ts'
import { blobStateOf, joinChunks, type BlobState } from './blob-state.ts'
import { DOMException } from './dom-exception.ts'
import { eventClassesOf } from './event-classes.ts'
import { defineHandlersOf } from './event-handler.ts'
import { eventTargetsOf } from './event-target.ts'
import { trusted } from './event.ts'
import { parseMimeType } from './mime-type.ts'
import { createSlot } from './slot.ts'
import { queueTaskOf } from './tasks.ts'
import { defineInterface, requireArguments, toBuffer, toDomString } from './web-idl.ts'

const EMPTY = 0
const LOADING = 1
const DONE = 2
const TYPES = ['loadstart', 'progress', 'load', 'abort', 'error', 'loadend']
/** Arguments that one call takes. */
const CHARS_A_CALL = 4096

interface Reading {
  status: typeof EMPTY | typeof LOADING | typeof DONE
  result: string | ArrayBuffer | null
  /** Counts reads: tasks of an older one find another number. */
  turn: number
}

export const createFileReaderGlobals: CreateGlobals = (bridge) => {
  const { EventTarget, dispatch } = eventTargetsOf(bridge)
  const { ProgressEvent } = eventClassesOf(bridge)
  const queueTask = queueTaskOf(bridge)
  const readings = createSlot<Reading>()
  const readingOf = (reader: unknown): Reading => {
    const reading = typeof reader === 'object' && reader !== null ? readings.get(reader) : undefined
    if (reading === undefined) throw new TypeError('A FileReader is required')
    return reading
  }
  const fire = (reader: object, type: string, loaded: number, total: number): void => {
    dispatch(reader, trusted(new ProgressEvent(type, { lengthComputable: total > 0, loaded, total })))
  }

  const start = (reader: object, reading: Reading, size: number, read: () => string | ArrayBuffer): void => {
    if (reading.status === LOADING) throw new DOMException('The reader is reading already', 'InvalidStateError')
    Object.assign(reading, { status: LOADING, result: null })
    const turn = ++reading.turn
    const later = (run: () => void): void => queueTask(() => {
      if (reading.turn === turn) run()
    })
    later(() => {
      fire(reader, 'loadstart', 0, size)
      if (size > 0) later(() => fire(reader, 'progress', size, size))
      later(() => {
        Object.assign(reading, { status: DONE, result: read() })
        fire(reader, 'load', size, size)
        later(() => fire(reader, 'loadend', size, size)) // not with `load`: browsers run what its listeners resolved in between
      })
    })
  }
  const begin = (reader: object, given: IArguments, where: string, read: (state: BlobState) => string | ArrayBuffer): void => {
    const reading = readingOf(reader)
    requireArguments(given.length, 1, where)
    const state = blobStateOf(given[0])
    start(reader, reading, state.size, () => read(state))
  }

  class FileReader extends EventTarget {
    constructor() {
      super()
      readings.set(this, { status: EMPTY, result: null, turn: 0 })
    }
    readAsArrayBuffer(_blob: unknown): void {
      begin(this, arguments, 'readAsArrayBuffer', (state) => toBuffer(joinChunks(state)))
    }
    readAsBinaryString(_blob: unknown): void {
      begin(this, arguments, 'readAsBinaryString', (state) => toBinary(joinChunks(state)))
    }
    readAsText(_blob: unknown, encoding: unknown = undefined): void {
      const label = encoding === undefined ? '' : toDomString(encoding)
      begin(this, arguments, 'readAsText', (state) => decode(bridge, state, label))
    }
    readAsDataURL(_blob: unknown): void {
      begin(this, arguments, 'readAsDataURL', (state) => {
        const type = state.type === '' ? 'application/octet-stream' : state.type
        return `data:${type};base64,${String(bridge.call('base64.encode', toBinary(joinChunks(state))))}`
      })
    }
    abort(): void {
      const reading = readingOf(this)
      const wasLoading = reading.status === LOADING
      reading.result = null
      if (!wasLoading) return
      reading.status = DONE
      const turn = ++reading.turn
      fire(this, 'abort', 0, 0)
      if (reading.turn === turn) fire(this, 'loadend', 0, 0)
    }
    get readyState(): number {
      return readingOf(this).status
    }
    get result(): string | ArrayBuffer | null {
      return readingOf(this).result
    }
    get error(): null {
      readingOf(this)
      return null
    }
  }
  defineHandlersOf(bridge)(FileReader.prototype, TYPES, (reader) => {
    readingOf(reader)
    return reader as object // it has a reading
  })
  return { FileReader: defineInterface(FileReader, 'FileReader', ['EMPTY', 'LOADING', 'DONE']) }
}

/** By the mark at the beginning, the label given, the blob's own type, else UTF-8. */
function decode(bridge: Bridge, state: BlobState, label: string): string {
  const bytes = joinChunks(state)
  const candidates = [markOf(bytes), label, parseMimeType(state.type)?.parameters.get('charset') ?? '']
  const encoding = candidates.find((name) => name !== '' && typeof bridge.call('encoding.name', name) === 'string') ?? 'utf-8'
  return String(bridge.call('encoding.decode', encoding, false, false, toBuffer(bytes)))
}

function markOf([first, second, third]: Uint8Array): string {
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8'
  if (first === 0xfe && second === 0xff) return 'utf-16be'
  return first === 0xff && second === 0xfe ? 'utf-16le' : ''
}

/** A code unit a byte. */
function toBinary(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += CHARS_A_CALL) text += String.fromCharCode(...bytes.subarray(at, at + CHARS_A_CALL))
  return text
}
