/**
 * From a path to a place. A path never leaves the directory it starts from: not by `/`, not by `..`, not by a symbolic link, wherever that
 * was made. Cost is bounded: a path's bytes, and how many links it may cross.
 */
import { FsError } from './error.ts'
import type { DirectoryNode, FsNode } from './node.ts'
import type { FsLimits } from './usage.ts'

/** As Linux has it. */
const MAX_LINKS = 40
const SURROGATE = /\p{Surrogate}/u

const encoder = new TextEncoder()

/** Where a path ends: a name in a directory, there or not; or, for `.` and `..`, a directory itself. */
export type Place =
  | { readonly kind: 'entry', readonly parent: DirectoryNode, readonly name: string, readonly node: FsNode | undefined, readonly hasSlash: boolean }
  | { readonly kind: 'self', readonly node: DirectoryNode }

export interface WalkOptions {
  readonly limits: FsLimits
  /** Whether a symbolic link at the very end is followed: always, when a slash is behind it, or not even then (what removes or renames). */
  readonly follows: 'always' | 'slash' | 'never'
}

/** @throws {FsError} no-entry, not-directory, not-permitted, loop, name-too-long, invalid, illegal-byte-sequence */
export function walk(base: DirectoryNode, path: string, options: WalkOptions): Place {
  verifyText(path, options.limits.pathBytes)
  if (path === '') throw new FsError('no-entry')
  const walker = new Walker(base, options)
  return walker.walk(path)
}

/** @throws {FsError} name-too-long, invalid for NUL, illegal-byte-sequence */
export function verifyText(text: string, maxBytes: number): void {
  // A character has at least one byte: a long text is not encoded to find that out.
  if (text.length > maxBytes || encoder.encode(text).length > maxBytes) throw new FsError('name-too-long')
  if (text.includes('\0')) throw new FsError('invalid')
  if (SURROGATE.test(text)) throw new FsError('illegal-byte-sequence')
}

class Walker {
  readonly #options: WalkOptions
  /** The directories from the base to where the walk is. `..` takes one off; the base stays. */
  readonly #stack: DirectoryNode[]
  /** Components still to go, the next one last. */
  readonly #rest: string[] = []
  #hasSlash = false
  #links = 0

  constructor(base: DirectoryNode, options: WalkOptions) {
    this.#stack = [base]
    this.#options = options
  }

  walk(path: string): Place {
    this.#push(path)
    for (;;) {
      const here = this.#here
      const name = this.#rest.pop()
      if (name === undefined) return { kind: 'self', node: here }
      if (name === '.') continue
      if (name === '..') {
        if (this.#stack.length === 1) throw new FsError('not-permitted')
        this.#stack.pop()
        continue
      }
      verifyText(name, this.#options.limits.nameBytes)
      const place = this.#step(here, name)
      if (place !== undefined) return place
    }
  }

  get #here(): DirectoryNode {
    const here = this.#stack.at(-1)
    if (here === undefined) throw new FsError('not-permitted') // the base is never taken off
    return here
  }

  /** One name: the place when it was the last, else on its way. */
  #step(here: DirectoryNode, name: string): Place | undefined {
    const node = here.entries.get(name)?.node
    const isLast = this.#rest.length === 0
    if (node?.kind === 'symlink' && (!isLast || this.#followsLast)) {
      this.#follow(node.target, isLast)
      return undefined
    }
    if (isLast) return { kind: 'entry', parent: here, name, node, hasSlash: this.#hasSlash }
    if (node === undefined) throw new FsError('no-entry')
    if (node.kind !== 'directory') throw new FsError('not-directory')
    this.#stack.push(node)
    return undefined
  }

  get #followsLast(): boolean {
    const { follows } = this.#options
    return follows === 'always' || (follows === 'slash' && this.#hasSlash)
  }

  #follow(target: string, isLast: boolean): void {
    this.#links += 1
    if (this.#links > MAX_LINKS) throw new FsError('loop')
    const hadSlash = this.#hasSlash
    this.#push(target)
    this.#hasSlash = isLast ? hadSlash || this.#hasSlash : hadSlash
  }

  #push(path: string): void {
    if (path.startsWith('/')) throw new FsError('not-permitted')
    this.#hasSlash = path.endsWith('/')
    const components = path.split('/').filter((component) => component !== '')
    for (const component of components.reverse()) this.#rest.push(component)
  }
}
