/** DOMException, with the legacy codes. https://webidl.spec.whatwg.org/#idl-DOMException */
import type { CreateGlobals } from '../bridge.ts'
import { defineInterface, toDomString } from './web-idl.ts'

/** Position = legacy code; '' where the standard dropped the constant. */
const CONSTANTS = [
  '', 'INDEX_SIZE_ERR', 'DOMSTRING_SIZE_ERR', 'HIERARCHY_REQUEST_ERR', 'WRONG_DOCUMENT_ERR', 'INVALID_CHARACTER_ERR', 'NO_DATA_ALLOWED_ERR',
  'NO_MODIFICATION_ALLOWED_ERR', 'NOT_FOUND_ERR', 'NOT_SUPPORTED_ERR', 'INUSE_ATTRIBUTE_ERR', 'INVALID_STATE_ERR', 'SYNTAX_ERR',
  'INVALID_MODIFICATION_ERR', 'NAMESPACE_ERR', 'INVALID_ACCESS_ERR', 'VALIDATION_ERR', 'TYPE_MISMATCH_ERR', 'SECURITY_ERR', 'NETWORK_ERR',
  'ABORT_ERR', 'URL_MISMATCH_ERR', 'QUOTA_EXCEEDED_ERR', 'TIMEOUT_ERR', 'INVALID_NODE_TYPE_ERR', 'DATA_CLONE_ERR',
]

const CODES = new Map<string, number>([
  ['IndexSizeError', 1], ['HierarchyRequestError', 3], ['WrongDocumentError', 4], ['InvalidCharacterError', 5], ['NoModificationAllowedError', 7],
  ['NotFoundError', 8], ['NotSupportedError', 9], ['InUseAttributeError', 10], ['InvalidStateError', 11], ['SyntaxError', 12],
  ['InvalidModificationError', 13], ['NamespaceError', 14], ['InvalidAccessError', 15], ['TypeMismatchError', 17], ['SecurityError', 18],
  ['NetworkError', 19], ['AbortError', 20], ['URLMismatchError', 21], ['QuotaExceededError', 22], ['TimeoutError', 23],
  ['InvalidNodeTypeError', 24], ['DataCloneError', 25],
])

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
defineInterface(DOMException, 'DOMException', CONSTANTS)

export const createDomExceptionGlobals: CreateGlobals = () => ({ DOMException })
