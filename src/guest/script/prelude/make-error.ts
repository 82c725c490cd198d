/** Errors that the worker or the page sends into the guest: real ones of the class they name, as far as the language has it. */

const CLASSES: Readonly<Record<string, ErrorConstructor>> = Object.assign(Object.create(null), {
  EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError,
})
const { defineProperty } = Reflect

export function makeError(name: string, message: string, code: string): Error {
  const known = CLASSES[name]
  const error = known === undefined ? new Error(message) : new known(message)
  if (known === undefined && name !== 'Error') hide(error, 'name', name)
  if (code !== '') hide(error, 'code', code)
  return error
}

function hide(error: Error, key: string, value: string): void {
  defineProperty(error, key, { value, writable: true, enumerable: false, configurable: true })
}
