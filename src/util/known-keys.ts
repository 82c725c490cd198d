/** A misspelt key of an app's own options must not be ignored: what it was meant to say would silently not hold. */

/** @throws {TypeError} naming the first key of `input` that `known` does not have, and those that it has */
export function requireKnownKeys(place: string, input: object, known: readonly string[]): void {
  const key = Object.keys(input).find((name) => !known.includes(name))
  if (key !== undefined) throw new TypeError(`${place} has no ${JSON.stringify(key.slice(0, 100))}; it knows ${known.join(', ')}.`)
}

export function requireObject(place: string, input: unknown): asserts input is object {
  if (typeof input !== 'object' || input === null) throw new TypeError(`${place} must be an object, got ${String(input).slice(0, 40)}.`)
}
