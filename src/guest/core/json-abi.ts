/**
 * The JSON pointer/length ABI. An export takes pointer and length of JSON text, the array of the call's arguments, in memory that the module's own
 * allocator gave. It returns a pointer to a little-endian u32, the length, followed by as many bytes of JSON; or an i64 of pointer (upper half) and
 * length; 0 is no value. Every call gets a fresh instance, so nothing is ever freed.
 */
import type { CoreSignature, FunctionType } from '../../wire/core-signature.ts'
import { showType } from '../../wire/core-signature.ts'
import { andThen, type MaybePromise } from '../wait/maybe.ts'
import type { CoreInstance } from './core-instance.ts'
import { CoreFault } from './failure.ts'
import { type GuestMemory, memoryOf } from './guest-memory.ts'
import { fromJson, toJson } from './json-text.ts'
import { typeOfExport } from './numbers.ts'

export interface JsonAbiOptions {
  readonly signature: CoreSignature
  /** The manifest's name of the allocator. */
  readonly allocator: string | undefined
  /** Of one message. */
  readonly maxBytes: number
}

/** Looked for in this order where the manifest names none. */
const ALLOCATORS = ['alloc', 'malloc', 'cabi_realloc', '__new']

/** Arguments of an allocator by its type; with a second number, `1` is an alignment, and AssemblyScript's id of a buffer. */
const ALLOCATOR_ARGUMENTS: ReadonlyMap<FunctionType, (size: number) => readonly number[]> = new Map([
  ['i>i', (size) => [size]],
  ['ii>i', (size) => [size, 1]],
  ['iiii>i', (size) => [0, 0, 1, size]],
])

/** `instance`: fresh. */
export function callJson(instance: CoreInstance, name: string, args: readonly unknown[], options: JsonAbiOptions): MaybePromise<unknown> {
  const type = typeOfExport(options.signature, name)
  if (type !== 'ii>i' && type !== 'ii>I') {
    const expected = 'the JSON ABI calls functions (i32, i32) -> i32 or i64, of pointer and length'
    throw new CoreFault('export-missing', `"${name}" is ${showType(type)}; ${expected}.`)
  }
  const text = new TextEncoder().encode(toJson(args))
  return andThen(allocate(instance, text.length, options), (pointer) => {
    memoryOf(instance.memory).write(pointer, text, 'memory for the arguments')
    return andThen(instance.invoke(name, [pointer, text.length]), (result) => readResult(memoryOf(instance.memory), result, options.maxBytes))
  })
}

function allocate(instance: CoreInstance, size: number, { signature, allocator }: JsonAbiOptions): MaybePromise<number> {
  const name = allocator ?? ALLOCATORS.find((one) => signature.functions.has(one))
  const type = name === undefined ? undefined : signature.functions.get(name)
  const toArguments = type === undefined ? undefined : ALLOCATOR_ARGUMENTS.get(type)
  if (name === undefined || toArguments === undefined) {
    const found = name === undefined ? 'it exports none' : type === undefined ? `it exports no function "${name}"` : `"${name}" is ${showType(type)}`
    const names = `${ALLOCATORS.join(', ')}, or the manifest's core.allocator`
    throw new CoreFault('export-missing', `The JSON ABI needs an allocator (${names}) of type (i32) -> i32; ${found}.`)
  }
  return andThen(instance.invoke(name, toArguments(size)), (pointer) => {
    if (typeof pointer === 'number' && pointer !== 0) return pointer
    throw new CoreFault('memory-exceeded', `The module's allocator "${name}" gave no memory for ${size} bytes of arguments.`)
  })
}

function readResult(memory: GuestMemory, result: unknown, maxBytes: number): unknown {
  if (typeof result === 'bigint') {
    if (result === 0n) return undefined
    const bits = BigInt.asUintN(64, result)
    return fromJson(memory.readText(Number(bits >> 32n), Number(bits & 0xffff_ffffn), { what: 'an answer', maxBytes }))
  }
  if (typeof result !== 'number' || result === 0) return undefined
  const length = memory.readU32(result, "an answer's length")
  return fromJson(memory.readText((result >>> 0) + 4, length, { what: 'an answer', maxBytes }))
}
