/** One wording for everything that can be wrong with a manifest: `$.path: expected …, got …; do …`. */
import { ManifestError } from '../errors.ts'

const SHOWN = 3
const KEPT = 200

/** JSON path of a place in the manifest: `$.permissions[1].scope`. Keys are a stranger's text: quoted and shortened where they are no plain name. */
export function jsonPath(keys: readonly unknown[]): string {
  return keys.reduce<string>((path, key) => {
    if (typeof key === 'number') return `${path}[${key}]`
    const name = String(key)
    return /^[A-Za-z_]\w{0,39}$/.test(name) ? `${path}.${name}` : `${path}[${quote(name)}]`
  }, '$')
}

/** The value in a few words, for `got …`. */
export function describe(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (typeof value === 'string') return quote(value)
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : `an array of ${value.length}`
  if (typeof value === 'object' && value !== null) return 'an object'
  return String(value)
}

function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}...` : text)
}

/** The one error for a bad manifest: all problems in `details.problems` (at most 200, then their number), the first few in the message. */
export function manifestError(problems: readonly string[], cause?: unknown): ManifestError {
  const kept = problems.length > KEPT ? [...problems.slice(0, KEPT), `and ${problems.length - KEPT} more`] : problems
  const rest = problems.length > SHOWN ? ` (and ${problems.length - SHOWN} more in details.problems)` : ''
  const message = `The manifest is not valid: ${problems.slice(0, SHOWN).join(' | ')}${rest}`
  return new ManifestError('manifest-invalid', message, {
    details: { problems: Object.freeze([...kept]) },
    ...(cause === undefined ? {} : { cause }),
  })
}
