/**
 * Exported functions of numbers, called as they are. Arguments are looked at before WebAssembly would turn whatever they are into a number without a
 * word. https://webassembly.github.io/spec/js-api/#towebassemblyvalue
 */
import { type CoreSignature, type FunctionType, showType } from '../../wire/core-signature.ts'
import { CoreFault } from './failure.ts'

const MAX_SHOWN = 20
const NOT_CALLABLE = /[vr]/

/** @throws {CoreFault} export-missing, naming those that there are */
export function typeOfExport({ functions }: CoreSignature, name: string): FunctionType {
  const type = functions.get(name)
  if (type !== undefined) return type
  const names = [...functions.keys()].slice(0, MAX_SHOWN)
  const shown = names.length === 0 ? 'it exports none' : `its functions: ${names.join(', ')}`
  throw new CoreFault('export-missing', `The module has no exported function "${name}"; ${shown}.`)
}

/** @throws {CoreFault} value-unsupported */
export function toWasmNumbers(name: string, type: FunctionType, args: readonly unknown[]): readonly (number | bigint)[] {
  if (NOT_CALLABLE.test(type)) throw new CoreFault('value-unsupported', `"${name}" is ${showType(type)}: only functions of numbers can be called.`)
  const [letters = ''] = type.split('>')
  if (args.length !== letters.length) {
    throw new CoreFault('value-unsupported', `"${name}" takes ${letters.length} arguments, ${showType(type)}; got ${args.length}.`)
  }
  return args.map((arg, index) => toNumber(arg, letters[index] ?? '', `"${name}": argument ${index + 1}`))
}

function toNumber(arg: unknown, letter: string, place: string): number | bigint {
  switch (letter) {
    case 'i':
      if (typeof arg === 'number' && Number.isInteger(arg) && arg >= -(2 ** 31) && arg < 2 ** 32) return arg
      throw wrong(place, 'a 32-bit integer', arg)
    case 'I':
      if (typeof arg === 'bigint' && arg >= -(2n ** 63n) && arg < 2n ** 64n) return arg
      throw wrong(place, 'a bigint of 64 bits', arg)
    default:
      if (typeof arg === 'number') return arg
      throw wrong(place, 'a number', arg)
  }
}

function wrong(place: string, expected: string, got: unknown): CoreFault {
  const shown = typeof got === 'number' || typeof got === 'bigint' ? String(got) : got === null ? 'null' : typeof got
  return new CoreFault('value-unsupported', `${place} must be ${expected}; got ${shown}.`)
}
