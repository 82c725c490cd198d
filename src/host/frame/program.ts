/**
 * What a worker is made of: the text of a classic script and the WebAssembly modules that come in its start message. One object is one
 * program: a ring hands it to its frame once, which compiles the modules once and shares them with all workers of the program.
 */
export interface Program {
  readonly source: string
  /** Bytes of modules, in the order in which the worker gets them. Copied, never transferred. */
  readonly modules: readonly ArrayBuffer[]
  /**
   * Chromium takes at most 2 MiB of `data:` URL and reads one seven times slower than a blob, but isolates and trusts only that; every engine
   * starts a `blob:` worker except WebKit in a frame with COEP, where `data:` follows.
   */
  readonly start: 'data' | 'blob'
  /** The frame lends its crypto.subtle to the worker. */
  readonly lendsCrypto: boolean
  /** Its workers block on memory that they share with the frame while they wait. */
  readonly blocks: boolean
}
