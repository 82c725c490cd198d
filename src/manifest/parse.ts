/**
 * unknown → DeclaredManifest: the one way to get a manifest. The result is a fresh, deeply frozen value of ours; the input is read once
 * (through JSON) and never used again, so getters, prototypes and later changes of it reach nothing.
 */
import type { DeclaredManifest } from './manifest.ts'
import { jsonPath, manifestError } from './problem.ts'
import { keyProblems, relationProblems } from './relations.ts'
import { checkShape } from './schema.ts'

/**
 * Reads a manifest given as a JavaScript value.
 * @throws {ManifestError} manifest-invalid; `details.problems` lists every problem with its path
 */
export async function parseManifest(input: unknown): Promise<DeclaredManifest> {
  const raw = readAsJson(input)
  const keys = keyProblems(raw)
  const result = checkShape(raw)
  const shape = (result.issues ?? []).map((issue) => `${jsonPath((issue.path ?? []).map((item) => item.key))}: ${issue.message}`)
  const problems = [...keys, ...shape, ...relationProblems(raw)]
  if (!result.success || problems.length > 0) throw manifestError(problems)
  return deepFreeze(result.output)
}

/**
 * Reads a manifest given as the bytes of a JSON text (UTF-8, a byte order mark is skipped).
 * @throws {ManifestError} manifest-invalid
 */
export async function parseManifestText(bytes: Uint8Array): Promise<DeclaredManifest> {
  return parseManifest(jsonOf(bytes))
}

function jsonOf(bytes: Uint8Array): unknown {
  const text = decode(bytes)
  try {
    return JSON.parse(text)
  } catch (cause) {
    const html = /^\s*</.test(text)
    throw manifestError(
      [
        html
          ? '$: expected JSON, got HTML; a single-page-app server answers unknown paths with its own page, so look whether the URL exists'
          : `$: expected JSON, got text that does not parse (${cause instanceof Error ? cause.message.slice(0, 200) : 'syntax error'})`,
      ],
      cause,
    )
  }
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw manifestError(['$: expected JSON in UTF-8, got bytes that are not UTF-8'], cause)
  }
}

function readAsJson(input: unknown): unknown {
  try {
    const text: string | undefined = JSON.stringify(input)
    return text === undefined ? undefined : JSON.parse(text)
  } catch (cause) {
    throw manifestError(['$: expected plain JSON data, got a value that JSON cannot hold (a cycle, a bigint, a throwing getter, too deep)'], cause)
  }
}

export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const item of Object.values(value)) deepFreeze(item)
    Object.freeze(value)
  }
  return value
}
