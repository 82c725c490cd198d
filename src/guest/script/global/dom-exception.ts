/** DOMException, with the legacy codes. https://webidl.spec.whatwg.org/#idl-DOMException */
import type { CreateGlobals } from '../bridge.ts'
import { defineInterface, toDomString } from './web-idl.ts'

/** In the order of their legacy codes: `Not_Found` stands for the name NotFoundError and the constant NOT_FOUND_ERR. */
const LEGACY = `Index_Size DOMString_Size Hierarchy_Request Wrong_Document Invalid_Character No_Data_Allowed No_Modification_Allowed Not_Found
  Not_Supported InUse_Attribute Invalid_State Syntax Invalid_Modification Namespace Invalid_Access Validation Type_Mismatch Security Network Abort
  URL_Mismatch Quota_Exceeded Timeout Invalid_Node_Type Data_Clone`.split(/\s+/)

const CODES = new Map(LEGACY.map((words, index) => [`${words.replaceAll('_', '')}Error`, index + 1]))

export class DOMException extends Error {
  readonly #message: string
  readonly #name: string

  constructor(message: unknown = '', options: unknown = 'Error') {
    super()
    this.#message = toDomString(message)
    if (typeof options === 'object' && options !== null) {
      this.#name = 'name' in options && options.name !== undefined ? toDomString(options.name) : 'Error'
      if ('cause' in options) Object.defineProperty(this, 'cause', { value: options.cause, writable: true, configurable: true })
    } else {
      this.#name = toDomString(options)
    }
  }

  // Accessors on purpose: WebIDL has attributes where Error has data properties.
  override get name(): string {
    return this.#name
  }

  override get message(): string {
    return this.#message
  }

  get code(): number {
    return CODES.get(this.#name) ?? 0
  }

  static is(value: object): value is DOMException {
    return #name in value
  }
}

/** Brand test that guests cannot reach or patch. */
export const isDomException = DOMException.is
Reflect.deleteProperty(DOMException, 'is')
defineInterface(DOMException, 'DOMException', ['', ...LEGACY.map((words) => `${words.toUpperCase()}_ERR`)])

export const createDomExceptionGlobals: CreateGlobals = () => ({ DOMException })
