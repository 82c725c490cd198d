/** atob and btoa. https://html.spec.whatwg.org/#atob */
import type { CreateGlobals } from '../bridge.ts'
import { DOMException } from './dom-exception.ts'
import { requireArguments, toDomString } from './web-idl.ts'

export const createBase64Globals: CreateGlobals = (bridge) => {
  const convert = (name: string, op: string, args: readonly [unknown?], problem: string): string => {
    requireArguments(args.length, 1, name)
    const text = bridge.call(op, toDomString(args[0]))
    if (typeof text !== 'string') throw new DOMException(`${name}: ${problem}`, 'InvalidCharacterError')
    return text
  }
  return {
    atob: (...args: readonly [unknown?]) => convert('atob', 'base64.decode', args, 'the text is not correctly encoded'),
    btoa: (...args: readonly [unknown?]) => convert('btoa', 'base64.encode', args, 'the text has characters outside of Latin1'),
  }
}
