/** atob and btoa. https://html.spec.whatwg.org/#atob */
import type { CreateGlobals } from '../bridge.ts'
import { DOMException } from './dom-exception.ts'
import { requireArguments, toDomString } from './web-idl.ts'

export const createBase64Globals: CreateGlobals = (bridge) => {
  const convert = (name: string, op: string, given: unknown, problem: string): string => {
    const text = bridge.call(op, toDomString(given))
    if (typeof text !== 'string') throw new DOMException(`${name}: ${problem}`, 'InvalidCharacterError')
    return text
  }
  return {
    atob(text: unknown): string {
      requireArguments(arguments.length, 1, 'atob')
      return convert('atob', 'base64.decode', text, 'the text is not correctly encoded')
    },
    btoa(text: unknown): string {
      requireArguments(arguments.length, 1, 'btoa')
      return convert('btoa', 'base64.encode', text, 'the text has characters outside of Latin1')
    },
  }
}
