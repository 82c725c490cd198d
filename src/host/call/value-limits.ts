/** The wire's value limits that follow from an extension's. */
import type { Limits } from '../../manifest/limits.ts'
import type { ValueLimits } from '../../wire/payload.ts'
import { DEFAULT_VALUE_LIMITS } from '../../wire/value.ts'

export function valueLimits(limits: Limits): ValueLimits {
  return { ...DEFAULT_VALUE_LIMITS, bytes: limits.messageBytes }
}
