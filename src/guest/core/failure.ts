/** How a call of a core module can fail, and what the page hears of it. */
import { GloveboxError } from '../../errors.ts'
import type { ErrorRecord } from '../../wire/payload.ts'
import { CapabilityFailure } from '../outward.ts'
import { isVerdict, thrown, type Verdict, verdict } from '../verdict.ts'

/** What this lane finds wrong with a call or with what the module gave. */
export class CoreFault extends Error {
  override readonly name = 'CoreFault'
  readonly code: Verdict
  constructor(code: Verdict, message: string) {
    super(message)
    this.code = code
  }
}

/** What the module itself said was wrong, or what is wrong with it. Its words are data. */
export class GuestFailure extends Error {
  readonly guestName: string
  readonly guestCode: string
  constructor(guestName: string, message: string, guestCode = '') {
    super(message)
    this.guestName = guestName
    this.guestCode = guestCode
  }
}

const RECURSION = /call stack|too much recursion/i

export function describeFailure(error: unknown): ErrorRecord {
  if (error instanceof CoreFault) return verdict(error.code, error.message)
  if (error instanceof GuestFailure) return thrown({ name: error.guestName, message: error.message, code: error.guestCode, stack: '' })
  if (error instanceof CapabilityFailure) return thrown({ name: 'Error', message: error.message, code: error.code, stack: '' })
  if (error instanceof GloveboxError) return describeOwn(error)
  if (!(error instanceof Error)) return verdict('crashed', 'The module ended with something that is no error.')
  const stack = typeof error.stack === 'string' ? error.stack : ''
  if (RECURSION.test(error.message)) return verdict('stack-overflow', undefined, stack)
  if (error instanceof WebAssembly.RuntimeError) return verdict('crashed', `The module trapped: ${error.message}`, stack)
  if (error instanceof WebAssembly.LinkError) return thrown({ name: 'LinkError', message: error.message, code: '', stack: '' })
  return verdict('crashed', `An import failed: ${error.message}`, stack)
}

/** Errors of the wire's own, for a value that cannot cross. */
function describeOwn({ code, message, details }: GloveboxError): ErrorRecord {
  const { path } = details
  if (!isVerdict(code)) return verdict('crashed', message)
  return { ...verdict(code, message), ...(typeof path === 'string' ? { path } : {}) }
}
