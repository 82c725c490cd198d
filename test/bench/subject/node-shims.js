// @ts-check
/**
 * What @sebastianwessel/quickjs asks of Node's modules in a browser, where its bundler has to bring them. Only what one evaluation needs,
 * so smaller and faster than a real set of polyfills: the peer is not measured for them.
 */

/** @param {...string} parts */
export function join(...parts) {
  return normalize(parts.filter(Boolean).join('/'))
}

/** @param {...string} parts */
export function resolve(...parts) {
  return normalize(`/${parts.reduce((path, part) => (part.startsWith('/') ? part : `${path}/${part}`), '')}`).replace(/(.)\/$/, '$1')
}

/** @param {string} path */
export function normalize(path) {
  /** @type {string[]} */
  const kept = []
  for (const part of path.split('/')) {
    if (part === '..') kept.pop()
    else if (part !== '.' && part !== '') kept.push(part)
  }
  return (path.startsWith('/') ? '/' : '') + kept.join('/')
}

export const sep = '/'
export const dirname = (/** @type {string} */ path) => path.slice(0, path.lastIndexOf('/')) || '/'
export const basename = (/** @type {string} */ path) => path.slice(path.lastIndexOf('/') + 1)
export const isAbsolute = (/** @type {string} */ path) => path.startsWith('/')
export const relative = (/** @type {string} */ from, /** @type {string} */ to) => (to.startsWith(`${from}/`) ? to.slice(from.length + 1) : to)
export const posix = { join, resolve, normalize, sep, dirname, basename, isAbsolute, relative }

export const readFileSync = () => ''
export const fileURLToPath = (/** @type {string | URL} */ url) => new URL(url).pathname
export const URL_ = URL
export { URL_ as URL }
export const inherits = () => {}
export const promisify = (/** @type {unknown} */ fn) => fn
export const inspect = String

export class Buffer extends Uint8Array {
  /** @override @param {any} value @param {any} [at] @param {any} [length] @returns {any} */
  static from(value, at, length) {
    if (typeof value === 'string') return Buffer.from(new TextEncoder().encode(value))
    return value instanceof ArrayBuffer ? new Buffer(value, at, length) : new Buffer(value)
  }

  static alloc(/** @type {number} */ size) {
    return new Buffer(size)
  }

  static allocUnsafe(/** @type {number} */ size) {
    return new Buffer(size)
  }

  static isBuffer(/** @type {unknown} */ value) {
    return value instanceof Buffer
  }

  /** @override */
  toString() {
    return new TextDecoder().decode(this)
  }

  /** @param {Uint8Array} target @param {number} [at] @param {number} [from] @param {number} [to] */
  copy(target, at = 0, from = 0, to = this.length) {
    const part = this.subarray(from, to)
    target.set(part, at)
    return part.length
  }
}

export class EventEmitter {
  on() {
    return this
  }

  emit() {
    return false
  }
}
export class Readable extends EventEmitter {}
export class Writable extends EventEmitter {}
export class Stream extends EventEmitter {}

export const env = {}
export const platform = 'browser'
export const cwd = () => '/'
export const nextTick = queueMicrotask
export default { Buffer, EventEmitter, Readable, Writable, Stream, join, resolve, env, platform, cwd, nextTick, posix, URL }
