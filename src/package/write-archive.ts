/** Files → a `.glove` archive. The same files give the same bytes, on every machine and in every time zone. @throws {PackageError} archive-invalid */
import { zipSync, type Zippable } from 'fflate'
import { PackageError } from '../errors.ts'
import { compareCodeUnits } from './canonical.ts'

export function writeArchive(files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>): Uint8Array<ArrayBuffer> {
  // Near the earliest that a zip can say. Made of parts of local time, which are what fflate writes; at noon, which no zone ever skipped.
  const mtime = new Date(1980, 0, 2, 12)
  const entries: Zippable = {}
  if (files.has('__proto__')) throw new PackageError('archive-invalid', 'A file called "__proto__" cannot be packed; give it another name.')
  for (const [path, bytes] of [...files].sort(([a], [b]) => compareCodeUnits(a, b))) entries[path] = [bytes, { level: 9, mtime }]
  return zipSync(entries)
}
