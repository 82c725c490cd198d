/**
 * One QuickJS in its own wasm memory, spoken to through its C interface. Values come in as fresh QuickJS values and are freed when the
 * call that took them returns; nothing of the guest's is held out here but two functions of the prelude's.
 *
 * quickjs-emscripten-core is left out on purpose: its lifetimes cost 2 us a call and 46 KB of worker source, and it does not look at what
 * malloc returns. `setMemoryLimit` of this build limits nothing, so the memory's maximum is the cap.
 */
import loadEmscripten from '@jitl/quickjs-wasmfile-release-sync/emscripten-module'
import { QuickJSFFI } from '@jitl/quickjs-wasmfile-release-sync/ffi'
import type { BridgeValue } from './bridge.ts'
import { codeText, decodeText, ERROR_MARK, KIND, KIND_BITS } from './crossing.ts'
import { addTracker, RejectionList, type Rejection, type TrackRejection } from './rejections.ts'
import { setTracker } from './runtime-words.ts'

const PAGES_PER_MIB = 16
/**
 * QuickJS's own limit on C stack in linear memory. At 64 KiB (370 plain guest frames) JSON, regular expressions and flat() still fail with
 * a guest exception; at 128 KiB JSON.stringify overflows V8's 1 MB native stack first. Deep nesting in source text does at any size.
 */
const MAX_STACK_BYTES = 64 * 1024
/** For the codec alone, whose recursion is bounded by the nesting that a value may have (100 levels take about 150 KiB). */
const DEEP_STACK_BYTES = 256 * 1024
const MAX_ENTRY_ARGUMENTS = 16
const POINTER_BYTES = 4
/** Emscripten's `_localtime_js`, by the name that this build's minifier gave it: (time: i64, tm: pointer). */
const LOCAL_TIME = 'm'
/** Emscripten's `_emscripten_date_now`, likewise. */
const CLOCK = 'p'
/** Byte offset of `tm_gmtoff` in C's `struct tm`, all that QuickJS reads of it. */
const GMT_OFFSET = 36
const VALUE_BYTES = 8
/**
 * Between these, blocks are looked for. If the larger were smaller, untouched parts of what was freed would pass for fresh memory; if it were
 * larger, looking would make memory grow.
 */
const LARGE_BYTES = 2 ** 17
const SMALL_BYTES = 16
/** The allocator's own marks in memory that it has given to nobody. */
const MAX_MARKS = 8
/** Export of this build that runs the constructors of its C code. */
const CONSTRUCTORS = 'u'
const EVAL_SCRIPT = 0
const EVAL_MODULE = 1

type Ffi = QuickJSFFI
type Module = Awaited<ReturnType<typeof loadEmscripten>>
type Runtime = ReturnType<Ffi['QTS_NewRuntime']>
type Context = ReturnType<Ffi['QTS_NewContext']>
/** An owned JSValue on the wasm heap. */
export type Value = ReturnType<Ffi['QTS_NewFloat64']>
type BorrowedValue = Parameters<Ffi['QTS_GetFloat64']>[1]

/** A crossing failed: malloc returned 0 on this side of it, or the entry itself threw, which the prelude only does when memory is out. */
export class OutOfMemory extends Error {}

export interface EngineHooks {
  /** A raw call of the prelude's. Never throws. */
  call(op: number, args: readonly BridgeValue[]): BridgeValue | OpError
  /** True ends what the guest is doing. */
  isExpired(): boolean
  /** Name of the module that `request` in `base` means. */
  resolveModule(base: string, request: string): Found
  readModule(name: string): Found
  /** Seconds that local time is ahead of UTC at `seconds` since 1970. */
  localOffset(seconds: number): number
  /** Milliseconds since 1970. */
  now(): number
  /** The guest wanted more memory than there is; it may go on. */
  memoryRefused(): void
}

/** What an op threw, for the guest. */
export class OpError {
  readonly name: string
  readonly message: string
  readonly code: string
  constructor(name: string, message: string, code: string) {
    this.name = name
    this.message = message
    this.code = code
  }
}

export type Found = { readonly text: string } | { readonly error: string }

/** What a native exception of QuickJS says, read before any guest code ran. */
export interface NativeError {
  readonly message: string
  readonly stack: string
}

/**
 * Where the engine's own objects lie in its memory. Memory that was saved together with them (an image) is an engine that needs no boot:
 * the same bytes of the engine put the same things at the same places.
 */
export interface EngineRoots {
  readonly runtime: number
  readonly context: number
  /** Room for the pointers of an entry's arguments. */
  readonly arguments: number
  /** Room for one pointer, or one value. */
  readonly scratch: number
}

/** What a fresh engine is made of: a compiled module whose imported memory has this minimum, and an image's roots if it holds one. */
export interface EngineSource {
  readonly module: WebAssembly.Module
  readonly pages: number
  readonly roots: EngineRoots | undefined
}

export class Engine {
  /** The interrupt fired, or a crossing ran out of memory: the guest's state can no longer be trusted to settle its calls. */
  interrupted = false
  exhausted = false
  readonly memory: WebAssembly.Memory
  readonly #module: Module
  readonly #ffi: Ffi
  readonly #hooks: EngineHooks
  readonly #runtime: Runtime
  readonly #context: Context
  readonly #arguments: number
  readonly #scratch: number
  readonly #rejections = new RejectionList<Value>((low, high) => this.#keep(low, high), (value) => this.free(value))
  readonly #encoder = new TextEncoder()
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true })

  static async create({ module: compiled, pages, roots }: EngineSource, memoryMib: number, hooks: EngineHooks): Promise<Engine> {
    const memory = new WebAssembly.Memory({ initial: pages, maximum: memoryMib * PAGES_PER_MIB })
    tellRefusals(memory, hooks)
    const tracker: { track?: TrackRejection; index: number } = { index: 0 }
    const module = await loadEmscripten({
      wasmMemory: memory,
      instantiateWasm(imports: WebAssembly.Imports, onSuccess: (instance: { readonly exports: WebAssembly.Exports }) => void) {
        const { a: functions = {} } = imports
        functions[LOCAL_TIME] = tellOffset(memory, hooks)
        functions[CLOCK] = () => hooks.now()
        const { exports } = new WebAssembly.Instance(compiled, imports)
        tracker.index = addTracker(exports['table'], (...rejection) => tracker.track?.(...rejection))
        // An image is memory in which the constructors have run.
        onSuccess({ exports: roots === undefined ? exports : { ...exports, [CONSTRUCTORS]: () => {} } })
        return exports
      },
      thisProgram: 'quickjs', // else the path of the script that builds the image, which would stay in it
      // The engine's own stdout and stderr: abort messages, which reach us as exceptions.
      print: () => {},
      printErr: () => {},
    } as Parameters<typeof loadEmscripten>[0]) // the typings lack print
    const engine = new Engine(module, memory, hooks, roots ?? tracker.index)
    tracker.track = engine.#rejections.track
    return engine
  }

  private constructor(module: Module, memory: WebAssembly.Memory, hooks: EngineHooks, from: EngineRoots | number) {
    this.memory = memory
    this.#module = module
    this.#hooks = hooks
    this.#ffi = new QuickJSFFI(module)
    module.callbacks = {
      callFunction: (_asyncify, context, _self, count, values) => this.#receive(context, count, values),
      shouldInterrupt: () => (this.#checkInterrupt() ? 1 : 0),
      loadModuleSource: (_asyncify, _runtime, context, name) => {
        this.#rejections.isImporting = true
        return this.#answer(context, () => hooks.readModule(name))
      },
      normalizeModule: (_asyncify, _runtime, context, base, request) => this.#answer(context, () => hooks.resolveModule(base, request)),
      freeHostRef: () => {},
    }
    const { runtime, context, arguments: args, scratch } = typeof from === 'number' ? this.#boot(from) : from
    this.#runtime = runtime as Runtime // a runtime of this very engine, made now or before the image was taken
    this.#context = context as Context // as above
    this.#arguments = args
    this.#scratch = scratch
  }

  #boot(trackerIndex: number): EngineRoots {
    const ffi = this.#ffi
    const runtime = ffi.QTS_NewRuntime()
    const context = ffi.QTS_NewContext(runtime, 0 as Parameters<Ffi['QTS_NewContext']>[1]) // 0: the default intrinsics
    ffi.QTS_RuntimeSetMaxStackSize(runtime, MAX_STACK_BYTES)
    setTracker(this.memory, runtime, trackerIndex, () => ffi.QTS_RuntimeEnableInterruptHandler(runtime))
    ffi.QTS_RuntimeEnableModuleLoader(runtime, 1)
    return { runtime, context, arguments: this.#allocate(MAX_ENTRY_ARGUMENTS * POINTER_BYTES), scratch: this.#allocate(VALUE_BYTES) }
  }

  get roots(): EngineRoots {
    return { runtime: this.#runtime, context: this.#context, arguments: this.#arguments, scratch: this.#scratch }
  }

  get isLost(): boolean {
    return this.interrupted || this.exhausted
  }

  /** The host function as a guest value; every call of it is `hooks.call`. */
  newHostFunction(): Value {
    return this.#ffi.QTS_NewFunction(this.#context, '', 0, false, 1 as Parameters<Ffi['QTS_NewFunction']>[4]) // the one reference there is
  }

  /** Completion value of a script of ours. */
  evaluate(source: string, file: string): Value {
    const value = this.#evaluate(this.#context, source, file, EVAL_SCRIPT)
    const error = this.#ffi.QTS_ResolveException(this.#context, value)
    if (!error) return value
    const { message, stack } = this.#readError(this.#context, error)
    throw new Error(`${file} threw: ${message}\n${stack}`)
  }

  /**
   * Evaluates a module in a context of its own; what QuickJS had against it, or undefined when it ended with `throw 0`. Compiling only is not
   * to be had: QuickJS's wrapper reads an uninitialised module pointer in that mode.
   */
  tryModule(source: string, file: string): NativeError | undefined {
    const context = this.#ffi.QTS_NewContext(this.#runtime, 0 as Parameters<Ffi['QTS_NewContext']>[1]) // 0: the default intrinsics
    try {
      const result = this.#evaluate(context, source, file, EVAL_MODULE)
      const error = this.#ffi.QTS_ResolveException(context, result)
      this.#ffi.QTS_FreeValuePointer(context, result)
      if (!error) return { message: 'the module ended without an exception', stack: '' }
      if (this.#typeOf(error) !== 'number') return this.#readError(context, error)
      this.#ffi.QTS_FreeValuePointer(context, error)
      return undefined
    } finally {
      this.tellRejections(() => {}) // a module that throws is a rejected promise, too
      this.#rejections.forgetTold()
      this.#ffi.QTS_FreeContext(context)
    }
  }

  /** Calls the prelude: guest values first, then a text. Only at boot, before guest code. */
  callWith(fn: Value, lent: readonly Value[], text: string): Value {
    const given = this.#give(text)
    const result = this.#apply(fn, [...lent, given])
    this.free(given)
    const error = this.#ffi.QTS_ResolveException(this.#context, result)
    if (!error) return result
    const { message, stack } = this.#readError(this.#context, error)
    throw new Error(`The prelude threw: ${message}\n${stack}`)
  }

  /**
   * Calls a function of the prelude's with values of ours, and then some of the guest's that stay the caller's.
   *
   * @throws {OutOfMemory} when it threw, or the values found no room
   */
  call(fn: Value, args: readonly BridgeValue[], lent: readonly Value[] = []): Value {
    const values: Value[] = []
    try {
      for (const arg of args) values.push(this.#give(arg))
      return this.#unwrap(this.#apply(fn, lent.length === 0 ? values : [...values, ...lent]))
    } finally {
      for (const value of values) this.free(value)
    }
  }

  /** Runs at most `count` promise jobs. Returns an exception that left one, owned by the caller. */
  runJobs(count: number): Value | undefined {
    const out = this.#scratch as Parameters<Ffi['QTS_ExecutePendingJob']>[2] // room for one pointer
    const result = this.#ffi.QTS_ExecutePendingJob(this.#runtime, count, out)
    if (this.#typeOf(result) !== 'number') return result
    this.free(result)
    return undefined
  }

  /**
   * Tells of the rejections that nobody has handled, and of those that somebody handled after they were told, since the last time. True when
   * there were some.
   */
  tellRejections(tell: (promise: Value, reason: Value, isHandled: boolean) => void): boolean {
    const taken = this.#rejections.take()
    for (const { promise, reason, isHandled } of taken) tell(promise, reason, isHandled)
    this.#rejections.release(taken)
    return taken.length > 0
  }

  /** Memory was put back to an earlier state. */
  forgetRejections(): void {
    this.#rejections.drop()
  }

  hasJobs(): boolean {
    return this.#ffi.QTS_IsJobPending(this.#runtime) !== 0
  }

  deepenStack(isDeep: boolean): void {
    this.#ffi.QTS_RuntimeSetMaxStackSize(this.#runtime, isDeep ? DEEP_STACK_BYTES : MAX_STACK_BYTES)
  }

  free(value: Value): void {
    this.#ffi.QTS_FreeValuePointer(this.#context, value)
  }

  /** Grows memory to `bytes` at least; the allocator's state afterwards is to be overwritten. False: it does not fit. */
  growTo(bytes: number): boolean {
    // By the allocator: the engine's glue hears of no other growth. What is free already is used up first.
    while (this.memory.buffer.byteLength < bytes) {
      if (this.#module._malloc(Math.max(bytes - this.memory.buffer.byteLength, LARGE_BYTES)) === 0) return false
    }
    return true
  }

  /** Zeroes what was freed, so that an image holds only what is alive: takes every free block in turn, the largest first. */
  zeroFreeMemory(): void {
    const { _malloc: allocate, _free: free } = this.#module
    const taken: number[] = []
    const take = (at: number, bytes: number): void => {
      this.#module.HEAPU8.fill(0, at, at + bytes)
      taken.push(at)
    }
    // What is free lies below fresh memory, which begins with the first large block that nothing was written to, and no other lies above.
    let end = 0
    for (let at = allocate(LARGE_BYTES); at !== 0; at = allocate(LARGE_BYTES)) {
      const isFresh = at > end && isFreshMemory(this.#module.HEAPU8.subarray(at, at + LARGE_BYTES))
      end = Math.max(end, at)
      if (isFresh) {
        free(at)
        break
      }
      take(at, LARGE_BYTES)
    }
    for (let bytes = LARGE_BYTES; bytes >= SMALL_BYTES; bytes -= Math.max(bytes >> 3, SMALL_BYTES)) {
      for (let at = allocate(bytes); at !== 0; at = allocate(bytes)) {
        if (at + bytes > end) {
          free(at) // fresh memory: no free block of this size is left below it
          break
        }
        take(at, bytes)
      }
    }
    for (const at of taken) free(at)
  }

  #apply(fn: Value, values: readonly Value[]): Value {
    new Uint32Array(this.memory.buffer, this.#arguments, MAX_ENTRY_ARGUMENTS).set(values)
    const list = this.#arguments as Parameters<Ffi['QTS_Call']>[4] // an array of JSValue pointers, filled above
    return present(this.#ffi.QTS_Call(this.#context, fn, this.#ffi.QTS_GetUndefined(), values.length, list))
  }

  /** A value that the engine lends, by its bits; 0, which is undefined, when memory is out. */
  #keep(low: number, high: number): Value {
    new Int32Array(this.memory.buffer, this.#scratch, 2).set([low, high])
    return this.#ffi.QTS_DupValuePointer(this.#context, this.#scratch as BorrowedValue) // holds a value, written above
  }

  #checkInterrupt(): boolean {
    if (!this.#hooks.isExpired()) return false
    this.interrupted = true
    return true
  }

  /** A call from inside. An exception of ours must not unwind through QuickJS's frames: it would leave them half done. */
  #receive(context: Context, count: number, values: Parameters<Ffi['QTS_ArgvGetJSValueConstPointer']>[0]): Value {
    if (this.isLost) return 0 as Value // undefined; a guest that was interrupted has nothing more to say
    const ffi = this.#ffi
    try {
      const at = (index: number): BorrowedValue => ffi.QTS_ArgvGetJSValueConstPointer(values, index)
      const op = ffi.QTS_GetFloat64(context, at(0))
      const kinds = ffi.QTS_GetFloat64(context, at(1))
      const args: BridgeValue[] = []
      for (let index = 2; index < count; index++) args.push(this.#take(at(index), (kinds >> (KIND_BITS * (index - 2))) & 7))
      const result = this.#hooks.call(op, args)
      if (result instanceof OpError) return this.#newCoded(context, ERROR_MARK + JSON.stringify([result.name, result.message, result.code]))
      return result === undefined ? (0 as Value) : this.#give(result) // 0 is undefined
    } catch {
      this.exhausted = true
      return 0 as Value // undefined
    }
  }

  /** A module's name or text for QuickJS, as a C string that it frees; or 0 with an exception thrown. */
  #answer(context: Context, find: () => Found): ReturnType<Module['callbacks']['loadModuleSource']> {
    try {
      const found = find()
      if ('text' in found) return this.#newCString(found.text) as ReturnType<Module['callbacks']['loadModuleSource']> // owned by QuickJS now
      this.#throw(context, found.error)
    } catch {
      this.exhausted = true
      this.#throw(context, 'out of memory')
    }
    return 0 as ReturnType<Module['callbacks']['loadModuleSource']>
  }

  #throw(context: Context, message: string): void {
    const ffi = this.#ffi
    const error = ffi.QTS_NewError(context)
    const key = this.#newCoded(context, 'message')
    const text = this.#newCoded(context, message)
    ffi.QTS_SetProp(context, error, key, text)
    ffi.QTS_FreeValuePointer(context, key)
    ffi.QTS_FreeValuePointer(context, text)
    ffi.QTS_FreeValuePointer(context, ffi.QTS_Throw(context, error))
    ffi.QTS_FreeValuePointer(context, error)
  }

  #take(value: BorrowedValue, kind: number): BridgeValue {
    switch (kind) {
      case KIND.null:
        return null
      case KIND.false:
        return false
      case KIND.true:
        return true
      case KIND.number:
        return this.#ffi.QTS_GetFloat64(this.#context, value)
      case KIND.text:
        return decodeText(this.#readString(this.#context, value))
      case KIND.bytes:
        return this.#readBytes(value)
      default:
        return undefined
    }
  }

  /** A fresh guest value, owned by the caller. */
  #give(value: BridgeValue): Value {
    const ffi = this.#ffi
    const context = this.#context
    switch (typeof value) {
      case 'number':
        return present(ffi.QTS_NewFloat64(context, value))
      case 'string':
        return this.#newCoded(context, codeText(value))
      case 'boolean':
        return present(ffi.QTS_DupValuePointer(context, value ? ffi.QTS_GetTrue() : ffi.QTS_GetFalse()))
      case 'undefined':
        return present(ffi.QTS_DupValuePointer(context, ffi.QTS_GetUndefined()))
      default:
        return value === null ? present(ffi.QTS_DupValuePointer(context, ffi.QTS_GetNull())) : this.#newBytes(value)
    }
  }

  #newCoded(context: Context, text: string): Value {
    const pointer = this.#newCString(text)
    const value = this.#ffi.QTS_NewString(context, pointer as Parameters<Ffi['QTS_NewString']>[1]) // NUL-terminated UTF-8
    this.#module._free(pointer)
    return this.#unwrap(present(value))
  }

  #newCString(text: string): number {
    const bytes = this.#encoder.encode(text)
    const pointer = this.#allocate(bytes.length + 1)
    const heap = this.#module.HEAPU8
    heap.set(bytes, pointer)
    heap[pointer + bytes.length] = 0
    return pointer
  }

  #newBytes(buffer: ArrayBuffer): Value {
    const pointer = this.#allocate(Math.max(buffer.byteLength, 1))
    this.#module.HEAPU8.set(new Uint8Array(buffer), pointer)
    const memory = pointer as Parameters<Ffi['QTS_NewArrayBuffer']>[1] // QuickJS frees it with the value
    return this.#unwrap(present(this.#ffi.QTS_NewArrayBuffer(this.#context, memory, buffer.byteLength)))
  }

  #readString(context: Context, value: BorrowedValue): string {
    const pointer = this.#ffi.QTS_GetString(context, value)
    if (!pointer) throw new OutOfMemory()
    const text = this.#readCString(pointer)
    this.#ffi.QTS_FreeCString(context, pointer)
    return text
  }

  #readCString(pointer: number): string {
    const heap = this.#module.HEAPU8
    return this.#decoder.decode(heap.subarray(pointer, heap.indexOf(0, pointer)))
  }

  #readBytes(value: BorrowedValue): ArrayBuffer {
    const length = this.#ffi.QTS_GetArrayBufferLength(this.#context, value)
    if (length <= 0) return new ArrayBuffer(0)
    const pointer = this.#ffi.QTS_GetArrayBuffer(this.#context, value) // a copy
    if (!pointer) throw new OutOfMemory()
    const bytes = this.#module.HEAPU8.slice(pointer, pointer + length)
    this.#module._free(pointer)
    return bytes.buffer as ArrayBuffer // slice() of a plain memory makes a plain buffer
  }

  #typeOf(value: Value): string {
    const pointer = this.#ffi.QTS_Typeof(this.#context, value)
    if (!pointer) throw new OutOfMemory()
    const text = this.#readCString(pointer)
    this.#module._free(pointer)
    return text
  }

  #readError(context: Context, error: Value): NativeError {
    const read = (name: string): string => {
      const key = this.#newCoded(context, name)
      const value = this.#ffi.QTS_GetProp(context, error, key)
      const text = this.#readString(context, value)
      this.#ffi.QTS_FreeValuePointer(context, key)
      this.#ffi.QTS_FreeValuePointer(context, value)
      return text
    }
    const described = { message: read('message'), stack: read('stack') }
    this.#ffi.QTS_FreeValuePointer(context, error)
    return described
  }

  #evaluate(context: Context, source: string, file: string, flags: number): Value {
    const bytes = this.#encoder.encode(source)
    const pointer = this.#newCString(source)
    type Arguments = Parameters<Ffi['QTS_Eval']>
    const result = this.#ffi.QTS_Eval(context, pointer as Arguments[1], bytes.length, file, 0 as Arguments[4], flags as Arguments[5]) // branded numbers
    this.#module._free(pointer)
    return present(result)
  }

  /** The value, or its exception as one of ours; the guest's own is gone then. */
  #unwrap(value: Value): Value {
    const error = this.#ffi.QTS_ResolveException(this.#context, value)
    if (!error) return value
    this.free(value)
    this.free(error)
    throw new OutOfMemory('An entry into the guest threw.')
  }

  #allocate(bytes: number): number {
    const pointer = this.#module._malloc(bytes)
    if (pointer === 0) throw new OutOfMemory()
    return pointer
  }
}

function isFreshMemory(block: Uint8Array): boolean {
  let marks = 0
  for (const byte of block) {
    if (byte !== 0 && ++marks > MAX_MARKS) return false
  }
  return true
}

/** The engine's memory grows through this object's method. */
function tellRefusals(memory: WebAssembly.Memory, hooks: EngineHooks): void {
  const grow = memory.grow.bind(memory)
  memory.grow = (pages) => {
    try {
      return grow(pages)
    } catch (error) {
      hooks.memoryRefused()
      throw error
    }
  }
}

/** In place of the glue's own, which tells the user's time zone. */
function tellOffset(memory: WebAssembly.Memory, hooks: EngineHooks): (time: bigint, tm: number) => void {
  return (time, tm) => {
    new DataView(memory.buffer).setInt32(tm + GMT_OFFSET, hooks.localOffset(Number(time)), true)
  }
}

function present(value: Value): Value {
  if (!value) throw new OutOfMemory()
  return value
}
