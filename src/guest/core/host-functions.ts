/**
 * Functions of the app's that it lends to this extension, as imports. Numbers cross as they are; bytes, text and JSON only where the ABI has a place
 * for them (an Extism plug-in's blocks).
 */
import type { FunctionType } from '../../wire/core-signature.ts'
import type { Outward } from '../outward.ts'
import { andThen } from '../wait/maybe.ts'
import { CoreFault, GuestFailure } from './failure.ts'
import type { Offer } from './link.ts'

/** As the page sends it: module, field, kinds of the parameters, kind of the result. */
export type HostSignature = readonly [module: string, field: string, params: readonly string[], result: string | null]

/** How values that are no numbers lie in the module's reach. */
export interface BlockCodec {
  take(kind: string, offset: bigint): unknown
  give(kind: string, value: unknown): bigint
}

const NUMBERS: ReadonlyMap<string, string> = new Map([['i32', 'i'], ['i64', 'I'], ['f32', 'f'], ['f64', 'F']])

export function offerHostFunctions(functions: readonly HostSignature[], outward: () => Outward, codec?: BlockCodec): Offer {
  return (module, name) => {
    const found = functions.find(([itsModule, field]) => itsModule === module && field === name)
    if (found === undefined) return undefined
    const [, , params, result] = found
    return {
      type: toType(found, codec !== undefined),
      waits: true,
      run: (...args: (number | bigint)[]) => {
        const values = args.map((arg, index) => takeValue(params[index] ?? '', arg, codec))
        return andThen(outward().capability('function.call', [module, name, values]), (answer) => giveValue(result, answer, codec))
      },
    }
  }
}

function toType([module, name, params, result]: HostSignature, hasBlocks: boolean): FunctionType {
  const letterOf = (kind: string): string => {
    const letter = NUMBERS.get(kind) ?? (hasBlocks ? 'I' : undefined)
    if (letter !== undefined) return letter
    throw new GuestFailure('LinkError', `The function ${module}.${name} of the app takes or gives ${kind}, which only Extism plug-ins can import.`)
  }
  return `${params.map(letterOf).join('')}>${result === null ? '' : letterOf(result)}`
}

function takeValue(kind: string, value: number | bigint, codec: BlockCodec | undefined): unknown {
  return NUMBERS.has(kind) || codec === undefined || typeof value !== 'bigint' ? value : codec.take(kind, value)
}

function giveValue(kind: string | null, value: unknown, codec: BlockCodec | undefined): number | bigint | undefined {
  if (kind === null) return undefined
  if (!NUMBERS.has(kind)) return codec?.give(kind, value)
  if (typeof value === 'number' || typeof value === 'bigint') return value
  throw new CoreFault('crashed', 'The host answered a call in an unknown form.')
}
