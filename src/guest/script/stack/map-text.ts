/**
 * Where the source map of a file is: inline as a data: URL, at a relative path that its last `sourceMappingURL` comment names, or beside it
 * as `<file>.map`. Nothing outside the package is ever asked for.
 */
import { resolvePath } from './path.ts'

export interface FoundMap {
  readonly text: string
  /** Inside the package; what the map's sources are relative to. */
  readonly path: string
}

/** Before the URL. Guest text may hold many such comments: the last one counts. */
const COMMENT = 'sourceMappingURL='
const DATA_URL = /^data:application\/json(?:;charset=[\w-]{1,20})?(;base64)?,/i

const decodeBase64 = globalThis.atob.bind(globalThis)

/** @param maxCharacters  a longer map is not decoded. @throws {Error} when it is not well coded */
export function findMapText(file: string, source: string, maps: ReadonlyMap<string, Uint8Array>, maxCharacters: number): FoundMap | undefined {
  const url = mappingUrl(source)
  const data = url === undefined ? null : DATA_URL.exec(url)
  if (url !== undefined && data !== null) {
    if (url.length > maxCharacters * 2) return undefined
    const body = url.slice(data[0].length)
    return { path: file, text: data[1] === undefined ? decodeURIComponent(body) : decode(toBytes(decodeBase64(body))) }
  }
  const named = url === undefined ? undefined : resolvePath(file, `./${url}`)
  const path = [named, `${file}.map`].find((known) => known !== undefined && maps.has(known))
  const bytes = path === undefined ? undefined : maps.get(path)
  return path === undefined || bytes === undefined || bytes.length > maxCharacters ? undefined : { path, text: decode(bytes) }
}

function mappingUrl(source: string): string | undefined {
  const at = source.lastIndexOf(COMMENT)
  if (at < 4 || !/^\/\/[#@] $/.test(source.slice(at - 4, at))) return undefined
  const start = at + COMMENT.length
  const end = source.indexOf('\n', start)
  const url = source.slice(start, end < 0 ? source.length : end).trimEnd()
  return url === '' ? undefined : url
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
}

function toBytes(binary: string): Uint8Array {
  const bytes = new Uint8Array(binary.length)
  for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at)
  return bytes
}
