/** Values of the wire as JSON text and back, without losing a part in silence. */
import { CoreFault } from './failure.ts'

/** Undefined becomes null in lists and is left out of objects, dates become text: as JSON.stringify has it. @throws {CoreFault} value-unsupported */
export function toJson(value: unknown): string {
  try {
    return JSON.stringify(value, refuseOthers) ?? 'null'
  } catch (error) {
    if (error instanceof CoreFault) throw error
    throw new CoreFault('value-unsupported', 'The arguments cannot be written as JSON: they contain themselves.')
  }
}

function refuseOthers(key: string, value: unknown): unknown {
  const kind = kindOf(value)
  if (kind === undefined) return value
  throw new CoreFault('value-unsupported', `The arguments cannot be written as JSON: ${key === '' ? 'they are' : `"${key}" is`} ${kind}.`)
}

/** What JSON would lose or change. */
function kindOf(value: unknown): string | undefined {
  if (typeof value === 'bigint') return 'a bigint'
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : String(value)
  if (value instanceof Map) return 'a Map'
  if (value instanceof Set) return 'a Set'
  return value instanceof ArrayBuffer || ArrayBuffer.isView(value) ? 'bytes' : undefined
}

/** @throws {CoreFault} value-unsupported */
export function fromJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new CoreFault('value-unsupported', 'The module gave text that is not JSON.')
  }
}
