/**
 * Every name that any engine's worker may still have after lockdown. Frozen: a new browser API shows up as a failing test, to be judged.
 */
export const KNOWN_GLOBALS: ReadonlySet<string> = new Set(`
AggregateError Array ArrayBuffer AsyncDisposableStack Atomics BigInt BigInt64Array BigUint64Array Boolean DataView Date DisposableStack Error
EvalError FinalizationRegistry Float16Array Float32Array Float64Array Function Infinity Int16Array Int32Array Int8Array InternalError Intl
Iterator JSON Map Math NaN Number Object Promise Proxy RangeError ReferenceError Reflect RegExp Set String SuppressedError Symbol SyntaxError
Temporal TypeError URIError Uint16Array Uint32Array Uint8Array Uint8ClampedArray WeakMap WeakRef WeakSet WebAssembly decodeURI
decodeURIComponent encodeURI encodeURIComponent escape eval globalThis isFinite isNaN parseFloat parseInt undefined unescape
Symbol(Symbol.toStringTag) constructor TextDecoder TextEncoder URL URLSearchParams atob btoa crypto performance queueMicrotask setTimeout
clearTimeout TEMPORARY PERSISTENT
`.trim().split(/\s+/))
