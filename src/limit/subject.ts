/** Whom the extensions of a box work for, whose grants they have, and what all of them together may use: given by the host, who knows its users. */
import type { Limits } from '../manifest/limits.ts'
import { RATE_NAMES, type RateName } from './rate.ts'

/** What adds up over extensions. What is missing is limited for each extension alone. */
export type SubjectLimits = Partial<Pick<Limits, RateName | 'httpConcurrent' | 'storageBytes' | 'fileBytes'>>

/** Their names. */
export const SUBJECT_LIMITS: ReadonlySet<string> = new Set([...RATE_NAMES, 'httpConcurrent', 'storageBytes', 'fileBytes'])

export interface Subject {
  /**
   * The user or organisation, in the host's own words: 1 to 256 characters, none of them control characters. Kept with grants and in the audit
   * log: better a number than a name.
   */
  readonly id: string
  readonly limits?: SubjectLimits
}
