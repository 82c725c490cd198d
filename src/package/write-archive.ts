/** Files → a `.glove` archive. The same files give the same bytes, on every machine and in every time zone. */
import { zipSync, type Zippable } from 'fflate'
import { compareCodeUnits } from './canonical.ts'

/** The earliest that a zip can say, of local time: fflate writes the parts of local time. */
const NO_TIME = new Date(1980, 0, 1)

export function writeArchive(files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>): Uint8Array<ArrayBuffer> {
  const entries: Zippable = Object.create(null) // a file may be called __proto__
  for (const [path, bytes] of [...files].sort(([a], [b]) => compareCodeUnits(a, b))) entries[path] = [bytes, { level: 9, mtime: NO_TIME }]
  return zipSync(entries)
}
