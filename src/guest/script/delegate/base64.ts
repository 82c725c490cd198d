/** atob and btoa by the worker's own; null where the input is not allowed. */
import { DelegateError, type Delegate } from '../bridge.ts'

const decode = globalThis.atob.bind(globalThis)
const encode = globalThis.btoa.bind(globalThis)

export const base64Delegate: Delegate = new Map([
  ['base64.decode', ([text]) => convert(decode, text)],
  ['base64.encode', ([text]) => convert(encode, text)],
])

function convert(run: (text: string) => string, text: unknown): string | null {
  if (typeof text !== 'string') throw new DelegateError('TypeError', 'Not a string')
  try {
    return run(text)
  } catch {
    return null
  }
}
