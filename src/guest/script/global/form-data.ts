/** FormData without forms: a list of names with texts or files. https://xhr.spec.whatwg.org/#interface-formdata */
import type { Bridge, CreateGlobals } from '../bridge.ts'
import { blobStateOf, isBlob, type BlobState } from './blob-state.ts'
import { blobClassesOf } from './blob.ts'
import { createSlot } from './slot.ts'
import { createPairIterator, defineInterface, perBridge, requireArguments, toUsvString } from './web-idl.ts'

/** A text, or a File. */
export type FormEntry = readonly [name: string, value: string | object]

const lists = createSlot<FormEntry[]>()

/** Undefined for what is no FormData. */
export function findEntries(form: unknown): readonly FormEntry[] | undefined {
  return typeof form === 'object' && form !== null ? lists.get(form) : undefined
}

function entriesOf(form: object): FormEntry[] {
  const list = lists.get(form)
  if (list === undefined) throw new TypeError('A FormData is required')
  return list
}

export interface FormDataParts {
  readonly FormData: new (...args: readonly unknown[]) => object
  create(entries: readonly FormEntry[]): object
}

export const formDataOf: (bridge: Bridge) => FormDataParts = perBridge((bridge) => {
  const { create: createBlob } = blobClassesOf(bridge)
  /** A Blob becomes a File; a File with a new name another File. */
  const toEntry = (args: IArguments, where: string): FormEntry => {
    requireArguments(args.length, 2, where)
    const name = toUsvString(args[0])
    const value: unknown = args[1]
    if (!isBlob(value)) {
      if (args.length > 2) throw new TypeError(`${where}: only a Blob has a file name`)
      return [name, toUsvString(value)]
    }
    const state = blobStateOf(value)
    const fileName = args[2] === undefined ? state.name ?? 'blob' : toUsvString(args[2])
    return [name, fileName === state.name && args[2] === undefined ? value : createBlob(renamed(state, fileName))]
  }

  class FormData {
    constructor(form: unknown = undefined) {
      if (form !== undefined) throw new TypeError('FormData: there are no form elements')
      lists.set(this, [])
    }
    append(_name: unknown, _value: unknown, _fileName: unknown = undefined): void {
      const list = entriesOf(this)
      list.push(toEntry(arguments, 'append'))
    }
    delete(name: unknown): void {
      const list = entriesOf(this)
      requireArguments(arguments.length, 1, 'delete')
      const text = toUsvString(name)
      list.splice(0, list.length, ...list.filter((entry) => entry[0] !== text))
    }
    get(name: unknown): string | object | null {
      requireArguments(arguments.length, 1, 'get')
      const text = toUsvString(name)
      return entriesOf(this).find((entry) => entry[0] === text)?.[1] ?? null
    }
    getAll(name: unknown): (string | object)[] {
      requireArguments(arguments.length, 1, 'getAll')
      const text = toUsvString(name)
      return entriesOf(this).filter((entry) => entry[0] === text).map((entry) => entry[1])
    }
    has(name: unknown): boolean {
      requireArguments(arguments.length, 1, 'has')
      const text = toUsvString(name)
      return entriesOf(this).some((entry) => entry[0] === text)
    }
    set(_name: unknown, _value: unknown, _fileName: unknown = undefined): void {
      const list = entriesOf(this)
      const entry = toEntry(arguments, 'set')
      const first = list.findIndex((known) => known[0] === entry[0])
      if (first < 0) list.push(entry)
      else list.splice(0, list.length, ...list.flatMap((known, index) => (index === first ? [entry] : known[0] === entry[0] ? [] : [known])))
    }
    entries(): IterableIterator<never> {
      const list = entriesOf(this)
      return createPairIterator(() => list, 'entries', 'FormData')
    }
    forEach(callback: unknown, thisArg: unknown = undefined): void {
      const list = entriesOf(this)
      if (typeof callback !== 'function') throw new TypeError('forEach: the callback must be a function')
      for (let index = 0; index < list.length; index += 1) {
        const [name, value] = list[index] ?? ['', '']
        Reflect.apply(callback, thisArg, [value, name, this])
      }
    }
    keys(): IterableIterator<never> {
      const list = entriesOf(this)
      return createPairIterator(() => list, 'keys', 'FormData')
    }
    values(): IterableIterator<never> {
      const list = entriesOf(this)
      return createPairIterator(() => list, 'values', 'FormData')
    }
  }
  Object.defineProperty(FormData.prototype, Symbol.iterator, { value: FormData.prototype.entries, writable: true, configurable: true })
  return {
    FormData: defineInterface(FormData, 'FormData'),
    create(entries) {
      const form = new FormData()
      entriesOf(form).push(...entries)
      return form
    },
  }
})

function renamed(state: BlobState, name: string): BlobState {
  return { ...state, name, lastModified: state.name === undefined ? Date.now() : state.lastModified }
}

export const createFormDataGlobals: CreateGlobals = (bridge) => ({ FormData: formDataOf(bridge).FormData })
