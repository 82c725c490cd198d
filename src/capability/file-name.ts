/** Names for files that leave the page: the browser and the system have rules of their own, this one is for what people are shown. */
import { cleanText } from '../util/text.ts'

const MAX_CHARS = 128
/** Separators of paths and streams, and what Windows refuses. */
const FORBIDDEN = /[\\/:*?"<>|]/g
const EDGES = /^[. ]+|[. ]+$/g
/** Devices, with or without an extension. https://learn.microsoft.com/windows/win32/fileio/naming-a-file */
const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i

/** One plain, visible name: no path, nothing that hides or turns text around. */
export function cleanFileName(name: string): string {
  const extension = /\.[a-z0-9]{1,16}$/i.exec(name)?.[0] ?? ''
  const stem = name.slice(0, name.length - extension.length)
  const clean = `${cleanText(stem, MAX_CHARS - extension.length)}${extension}`.replace(FORBIDDEN, '_').replace(EDGES, '')
  if (clean === '') return 'file'
  return RESERVED.test(clean) ? `_${clean}` : clean
}
