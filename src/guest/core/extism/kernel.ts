/**
 * What Extism plug-ins import from `extism:host/env`: their input, output and error, variables, configuration and log. Written to Extism's published
 * interface; http lies in http.ts. https://extism.org/docs/concepts/pdk
 */
import type { LogLevel } from '../../outward.ts'
import type { ImportFunction } from '../link.ts'
import { KernelMemory } from './kernel-memory.ts'
import { Vars } from './vars.ts'

type Bytes = Uint8Array<ArrayBuffer>

export interface KernelOptions {
  readonly maxBytes: number
  readonly config: ReadonlyMap<string, string>
  readonly log: (level: LogLevel, text: string) => void
}

export interface CallResult {
  readonly output: Bytes
  /** What the plug-in said went wrong; undefined when it said nothing. */
  readonly error: string | undefined
}

const LOG_LEVELS: readonly (readonly [string, LogLevel])[] = [
  ['log_trace', 'debug'], ['log_debug', 'debug'], ['log_info', 'info'], ['log_warn', 'warn'], ['log_error', 'error'],
]
/** The plug-in's kit sends lines from "debug" on. */
const LOG_LEVEL = 1

export class Kernel {
  readonly memory: KernelMemory
  readonly vars = new Vars()
  readonly #options: KernelOptions
  #input = { offset: 0n, length: 0n }
  #output = { offset: 0n, length: 0n }
  #error = 0n

  constructor(options: KernelOptions) {
    this.#options = options
    this.memory = new KernelMemory(options.maxBytes)
  }

  /** Forgets the call before. False when the input does not fit. */
  begin(input: Bytes): boolean {
    this.memory.reset()
    const offset = this.memory.store(input)
    this.#input = { offset, length: BigInt(input.length) }
    this.#output = { offset: 0n, length: 0n }
    this.#error = 0n
    return offset !== 0n
  }

  result(): CallResult {
    const { offset, length } = this.#output
    return { output: this.memory.copy(offset, length) ?? new Uint8Array(), error: this.#error === 0n ? undefined : this.textAt(this.#error) }
  }

  /** A block's text; '' where there is none. */
  textAt(offset: bigint): string {
    const bytes = this.memory.read(offset)
    return bytes === undefined ? '' : new TextDecoder().decode(bytes)
  }

  imports(): ReadonlyMap<string, ImportFunction> {
    return new Map([...this.#memoryImports(), ...this.#callImports(), ...this.#stateImports(), ...this.#logImports()])
  }

  #memoryImports(): [string, ImportFunction][] {
    const { memory } = this
    return [
      ['alloc', { type: 'I>I', run: (length: bigint) => memory.alloc(length) }],
      ['free', { type: 'I>', run: (offset: bigint) => memory.free(offset) }],
      ['length', { type: 'I>I', run: (offset: bigint) => memory.lengthOf(offset) }],
      ['length_unsafe', { type: 'I>I', run: (offset: bigint) => memory.lengthOf(offset) }],
      ['load_u8', { type: 'I>i', run: (offset: bigint) => memory.loadU8(offset) }],
      ['load_u64', { type: 'I>I', run: (offset: bigint) => memory.loadU64(offset) }],
      ['store_u8', { type: 'Ii>', run: (offset: bigint, value: number) => memory.storeU8(offset, value) }],
      ['store_u64', { type: 'II>', run: (offset: bigint, value: bigint) => memory.storeU64(offset, value) }],
      ['reset', { type: '>', run: () => memory.reset() }],
    ]
  }

  #callImports(): [string, ImportFunction][] {
    const inputAt = (offset: bigint, size: bigint): bigint | undefined =>
      offset >= 0n && offset + size <= this.#input.length ? this.#input.offset + offset : undefined
    return [
      ['input_offset', { type: '>I', run: () => this.#input.offset }],
      ['input_length', { type: '>I', run: () => this.#input.length }],
      ['input_load_u8', { type: 'I>i', run: (offset: bigint) => this.memory.loadU8(inputAt(offset, 1n) ?? 0n) }],
      ['input_load_u64', { type: 'I>I', run: (offset: bigint) => this.memory.loadU64(inputAt(offset, 8n) ?? 0n) }],
      ['output_set', { type: 'II>', run: (offset: bigint, length: bigint) => { this.#output = { offset, length } } }],
      ['error_set', { type: 'I>', run: (offset: bigint) => { this.#error = offset } }],
      ['error_get', { type: '>I', run: () => this.#error }],
    ]
  }

  #stateImports(): [string, ImportFunction][] {
    return [
      ['config_get', { type: 'I>I', run: (key: bigint) => {
        const value = this.#options.config.get(this.#take(key))
        return value === undefined ? 0n : this.memory.store(new TextEncoder().encode(value))
      } }],
      ['var_get', { type: 'I>I', run: (key: bigint) => {
        const value = this.vars.get(this.#take(key))
        return value === undefined ? 0n : this.memory.store(value)
      } }],
      ['var_set', { type: 'II>', run: (key: bigint, offset: bigint) => this.#setVar(this.#take(key), offset) }],
    ]
  }

  #setVar(key: string, offset: bigint): void {
    const value = this.memory.read(offset)
    if (value === undefined) return this.vars.delete(key)
    if (this.vars.set(key, value)) return
    this.#error = this.memory.store(new TextEncoder().encode(`There is no room for the variable "${key.slice(0, 100)}".`))
  }

  #logImports(): [string, ImportFunction][] {
    return [
      ['get_log_level', { type: '>i', run: () => LOG_LEVEL }],
      ...LOG_LEVELS.map(([name, level]): [string, ImportFunction] =>
        [name, { type: 'I>', run: (text: bigint) => this.#options.log(level, this.#take(text)) }]),
    ]
  }

  /** Text that the plug-in hands over: its block is free afterwards. */
  #take(offset: bigint): string {
    const text = this.textAt(offset)
    this.memory.free(offset)
    return text
  }
}
