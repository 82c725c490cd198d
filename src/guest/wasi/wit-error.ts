/**
 * How an import fails. The glue of a component takes an exception with an own `payload` for the `err` case of the function's result; any other
 * exception unwinds the guest, as a trap does.
 */

/** The `err` case of a WIT result. */
export class WitError extends Error {
  override readonly name = 'WitError'
  readonly payload: unknown
  constructor(payload: unknown) {
    super('The import gave an error.')
    this.payload = payload
  }
}

/** The guest broke a rule of the interface that has no error of its own, or a limit; its instance ends. */
export class ImportTrap extends Error {
  override readonly name = 'ImportTrap'
  readonly code: 'crashed' | 'too-many-handles' | 'memory-exceeded'
  constructor(message: string, code: ImportTrap['code'] = 'crashed') {
    super(message)
    this.code = code
  }
}

/** wasi:cli/exit; unwinds the guest. */
export class GuestExit extends Error {
  override readonly name = 'GuestExit'
  readonly exitCode: number
  constructor(exitCode: number) {
    super(`The component exited with status ${exitCode}.`)
    this.exitCode = exitCode
  }
}
