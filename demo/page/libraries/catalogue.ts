/** What the build says of the libraries: what each does, and what Node makes of the same bundle. */
import { fields, list, number, text } from '../guest-value.ts'

export interface Library {
  readonly name: string
  /** Its name and version on npm. */
  readonly library: string
  readonly version: string
  readonly kind: string
  readonly does: string
  /** The bundle's size. */
  readonly bytes: number
  /** Node's result. */
  readonly expected: string
}

export async function loadLibraries(): Promise<readonly Library[]> {
  const response = await fetch(new URL('/libraries.json', location.href))
  const entries: unknown = await response.json()
  return list(entries).map(fields).map((entry) => ({
    name: text(entry.get('name')),
    library: text(entry.get('library')),
    version: text(entry.get('version')),
    kind: text(entry.get('kind')),
    does: text(entry.get('does')),
    bytes: number(entry.get('bytes')),
    expected: text(entry.get('expected')),
  }))
}
