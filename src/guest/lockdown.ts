/**
 * Takes the worker's powers away before any guest code runs: every global that is not in the list goes, along the whole prototype chain
 * (`fetch`, `indexedDB`, `importScripts`… sit on WorkerGlobalScope.prototype). A list of what stays, since browsers add powers.
 * A cost raiser, not the boundary: `import()` and the Function constructors cannot be removed, only the frame's policy stops those.
 */

/** The language, and platform objects that compute and reach nothing. */
const KEPT: ReadonlySet<PropertyKey> = new Set<PropertyKey>([
  // ECMAScript
  'AggregateError', 'Array', 'ArrayBuffer', 'AsyncDisposableStack', 'Atomics', 'BigInt', 'BigInt64Array', 'BigUint64Array', 'Boolean', 'DataView',
  'Date', 'DisposableStack', 'Error', 'EvalError', 'FinalizationRegistry', 'Float16Array', 'Float32Array', 'Float64Array', 'Function', 'Infinity',
  'Int16Array', 'Int32Array', 'Int8Array', 'InternalError', 'Intl', 'Iterator', 'JSON', 'Map', 'Math', 'NaN', 'Number', 'Object', 'Promise', 'Proxy',
  'RangeError', 'ReferenceError', 'Reflect', 'RegExp', 'Set', 'String', 'SuppressedError', 'Symbol', 'SyntaxError', 'Temporal', 'TypeError',
  'URIError', 'Uint16Array', 'Uint32Array', 'Uint8Array', 'Uint8ClampedArray', 'WeakMap', 'WeakRef', 'WeakSet', 'WebAssembly', 'decodeURI',
  'decodeURIComponent', 'encodeURI', 'encodeURIComponent', 'escape', 'eval', 'globalThis', 'isFinite', 'isNaN', 'parseFloat', 'parseInt',
  'undefined', 'unescape', Symbol.toStringTag,
  // Object.prototype's own names, met at the end of the chain
  'constructor',
  // Platform: pure computation that the VM's delegates use
  'TextDecoder', 'TextEncoder', 'URL', 'URLSearchParams', 'atob', 'btoa', 'crypto', 'performance', 'queueMicrotask', 'setTimeout', 'clearTimeout',
])

/**
 * Irreversible for this realm. Returns the names that could not be removed (none in the engines tested): the caller refuses to run then.
 */
export function lockdown(scope: object): readonly string[] {
  const stuck: string[] = []
  for (let owner: object | null = scope; owner !== null && owner !== Object.prototype; owner = Object.getPrototypeOf(owner)) {
    for (const key of Reflect.ownKeys(owner)) {
      if (!KEPT.has(key) && !remove(owner, key)) stuck.push(String(key))
    }
  }
  return stuck
}

function remove(owner: object, key: PropertyKey): boolean {
  const descriptor = Reflect.getOwnPropertyDescriptor(owner, key)
  if (descriptor === undefined) return true
  if (descriptor.configurable === true) return Reflect.deleteProperty(owner, key)
  if (descriptor.writable === true) return Reflect.defineProperty(owner, key, { value: undefined, writable: false })
  return typeof descriptor.value === 'number' // Chromium: constants of an old file API (TEMPORARY, PERSISTENT), no power in them
}
