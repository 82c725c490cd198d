/**
 * Why the file system refused. The words are those of `wasi:filesystem/types.error-code`, so that the layer of WASI 0.2 passes them on as
 * they are; preview 1 has a table from word to number.
 */
export type FsErrorCode =
  /** The handle was closed, or was not opened for this. */
  | 'bad-descriptor'
  /** The root, `.` or `..` cannot be renamed or removed. */
  | 'busy'
  | 'exist'
  /** An offset or size that no file can have. */
  | 'file-too-large'
  /** Text that is not well-formed Unicode. */
  | 'illegal-byte-sequence'
  | 'insufficient-space'
  | 'invalid'
  | 'is-directory'
  /** More symbolic links than a path may cross, or one where none may be followed. */
  | 'loop'
  | 'name-too-long'
  | 'no-entry'
  | 'not-directory'
  | 'not-empty'
  /** A path that leaves the directory it starts from, or an operation that no caller may do. */
  | 'not-permitted'
  | 'cross-device'
  /** The limit of bytes or of entries is reached. */
  | 'quota'
  /** Reached through a read-only preopen. */
  | 'read-only'

/** An operation of the file system that failed and changed nothing. */
export class FsError extends Error {
  override readonly name = 'FsError'
  readonly code: FsErrorCode
  constructor(code: FsErrorCode, message: string = code) {
    super(message)
    this.code = code
  }
}
