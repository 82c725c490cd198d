/** What crosses for `extension.run`: the request is a value in the call's payload, the result one in its outcome. Both are parsed where they arrive. */

type Bytes = Uint8Array<ArrayBuffer>

export interface RunRequest {
  /** Without the program's own name, which the worker puts first. */
  readonly args: readonly string[]
  readonly env: readonly (readonly [name: string, value: string])[]
  /** All of it, or the id of a stream that the page sends, or nothing. */
  readonly stdin: Bytes | number | null
  /** Relative paths with `/`, below the root. A path that ends in `/` is an empty directory. */
  readonly files: readonly (readonly [path: string, content: Bytes])[]
  /** Directories that are preopened, each under its own name; null: the root, as `/`. */
  readonly dirs: readonly string[] | null
  /**
   * Streamed instead of collected: before the program starts the worker opens a stream for each and calls `output` on the page, with the JSON
   * text `[call, descriptor, stream]`.
   */
  readonly streams: { readonly stdout: boolean; readonly stderr: boolean }
}

export interface RunReply {
  readonly exitCode: number
  /** Empty where it was streamed. */
  readonly stdout: Bytes
  readonly stderr: Bytes
  /** Files that are new or were changed; paths as in the request. */
  readonly files: readonly (readonly [path: string, content: Bytes])[]
}
