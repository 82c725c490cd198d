/**
 * Firefox's crypto.subtle has errors of its own kinds where dictionaries cannot be read, takes some of them, and loses what a getter threw.
 * Guests get the standard's everywhere; beside Firefox itself only what succeeds is compared.
 */
const isFirefox = /Firefox/.test(navigator.userAgent)

export function comparable(result: unknown): unknown {
  if (!isFirefox) return result
  if (typeof result === 'string') return /^(?:no|\w+Error(?: dom)?)$/.test(result) ? 'an error, or none' : result
  return Array.isArray(result) ? result.map(comparable) : result
}

export function isSame([name]: readonly [name: string, body: string]): boolean {
  return !isFirefox || name !== 'crypto.subtle: getters that throw'
}
