/** DOMException, with the legacy codes. https://webidl.spec.whatwg.org/#idl-DOMException */
import type { CreateGlobals } from '../bridge.ts'
import { defineInterface, toDomString } from './web-idl.ts'

/** In the order of their legacy codes: `Not_Found` stands for the name NotFoundError and the constant NOT_FOUND_ERR. */
const LEGACY = `Index_Size DOMString_Size Hierarchy_Request Wrong_Document Invalid_Character No_Data_Allowed No_Modification_Allowed Not_Found
  Not_Supported InUse_Attribute Invalid_State Syntax Invalid_Modification Namespace Invalid_Access Validation Type_Mismatch Security Network Abort
  URL_Mismatch Quota_Exceeded Timeout Invalid_Node_Type Data_Clone`.split(/\s+/)

/** Constants that no exception has any more. */
const UNUSED: readonly string[] = ['DOMString_Size', 'No_Data_Allowed', 'Validation']

const CODES = new Map(LEGACY.flatMap((words, index) => (UNUSED.includes(words) ? [] : [[`${words.replaceAll('_', '')}Error`, index + 1]])))

const states = new WeakMap<object, { readonly message: string; readonly name: string }>()

function stateOf(exception: object): { readonly message: string; readonly name: string } {
  const state = states.get(exception)
  if (state === undefined) throw new TypeError('A DOMException is required')
  return state
}

// An Error by its slots and its prototype, but not by `extends`: WebIDL has Function.prototype behind the constructor.
class DomException {
  constructor(message: unknown = '', name: unknown = 'Error') {
    const state = { message: toDomString(message), name: toDomString(name) }
    const self = Reflect.construct(Error, [], new.target) as DomException // its prototype is the class's
    states.set(self, state)
    return self
  }
  get name(): string {
    return stateOf(this).name
  }
  get message(): string {
    return stateOf(this).message
  }
  get code(): number {
    return CODES.get(stateOf(this).name) ?? 0
  }
}
Object.setPrototypeOf(DomException.prototype, Error.prototype)
defineInterface(DomException, 'DOMException', ['', ...LEGACY.map((words) => `${words.toUpperCase()}_ERR`)])

export interface DOMException extends Error {
  readonly code: number
}

export const DOMException = DomException as unknown as new (message?: unknown, name?: unknown) => DOMException // its prototype is set above

/** Brand test that guests cannot reach or patch. */
export function isDomException(value: object): value is DOMException {
  return states.has(value)
}

export const createDomExceptionGlobals: CreateGlobals = () => ({ DOMException })
